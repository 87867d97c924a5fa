import type { CharterEvent, CreateEventOptions, EventPayload, EventType } from '@fleet/event-envelope';
import { startEventStream, type EventStream, type Tailed } from '@fleet/event-stream';
import { eventually } from '@fleet/testing';

/** Everything in the streams, in order, as it comes: what any subscriber could see. */
export class StoredEvents implements AsyncDisposable {
  readonly all: Tailed[] = [];
  readonly #stream: EventStream;
  readonly #end = new AbortController();
  readonly #reading: Promise<void>;

  constructor(natsUrl: string) {
    const silent = { debug() {}, info() {}, warn() {}, error() {} };
    this.#stream = startEventStream({ servers: [natsUrl], name: 'test', instance: 'test' }, { log: silent });
    this.#reading = this.#read();
  }

  of<T extends EventType>(type: T, robotId?: string): CharterEvent<T>[] {
    return this.all.flatMap(({ event }) => {
      if (event?.type !== type) return [];
      if (robotId !== undefined && 'robot_id' in event.payload && event.payload.robot_id !== robotId)
        return [];
      return [event as CharterEvent<T>];
    });
  }

  one<T extends EventType>(type: T, robotId?: string): Promise<CharterEvent<T>> {
    return eventually(() => this.of(type, robotId)[0], { describe: `there is ${type}` });
  }

  publish<T extends EventType>(
    type: T,
    payload: EventPayload<T>,
    options: CreateEventOptions,
  ): Promise<unknown> {
    return this.#stream.publish(type, payload, options);
  }

  /** Resolves when there are so many. */
  many<T extends EventType>(type: T, count: number, robotId?: string): Promise<CharterEvent<T>[]> {
    return eventually(
      () => {
        const events = this.of(type, robotId);
        if (events.length < count) throw new Error(`${events.length} of ${count} ${type}`);
        return events;
      },
      { withinMs: 30_000 },
    );
  }

  /** The numbers of a robot's samples as they are stored. */
  numbersOf(robotId: string): number[] {
    return this.of('telemetry.data_received', robotId).flatMap((event) => event.payload.seq ?? []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#reading;
    await this.#stream.close(2000);
  }

  async #read(): Promise<void> {
    for await (const tailed of this.#stream.tail({ from: 'beginning', signal: this.#end.signal }))
      this.all.push(tailed);
  }
}
