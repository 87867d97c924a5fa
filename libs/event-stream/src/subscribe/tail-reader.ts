import type { StreamName } from '@fleet/event-envelope';
import {
  AckPolicy,
  DeliverPolicy,
  jetstreamManager,
  type ConsumerConfig,
  type JetStreamManager,
} from '@nats-io/jetstream';
import { nanos, nuid, type Msg, type NatsConnection } from '@nats-io/nats-core';

import { pause } from '../connection/pause.ts';
import type { StreamConnection } from '../connection/stream-connection.ts';
import type { Log } from '../log.ts';
import { createSeldomLog, type SeldomLog } from '../log-seldom.ts';
import { fullJitterMs } from '../publish/backoff.ts';
import { isStreamGone } from '../streams/is-stream-gone.ts';
import { parseAckSubject } from './ack-subject.ts';
import { filterConfig, planFilters } from './filter-plan.ts';
import type { PullTrouble } from './pull-status.ts';
import { Puller } from './puller.ts';
import type { TailOptions } from './subscription.ts';
import { within } from '../within.ts';

export interface TailReaderParts {
  readonly connection: StreamConnection & { readonly reconnects: number };
  readonly log: Log;
  readonly stream: StreamName;
  readonly subjects: readonly string[];
  readonly from: TailOptions['from'];
  readonly signal: AbortSignal;
  onMessage(message: Msg): void;
  /** Looks after a stream that is gone. */
  mend(stream: StreamName): Promise<void>;
}

const batch = 256;
const maxBytesHeld = 16 * 1024 ** 2;
const lookMs = 500;
const stopMs = 2_000;
/** After this the server forgets a consumer that nobody reads from. */
const inactiveMs = 60_000;

/** Reads one stream in order, over as many consumers as it takes. */
export class TailReader {
  readonly #parts: TailReaderParts;
  readonly #logSeldom: SeldomLog;
  #held = 0;
  #heldBytes = 0;
  /** The last sequence read or passed over; unknown before there was a consumer. */
  #at: number | undefined;
  /** When the stream that was read last was made, as the server writes it. */
  #created: string | undefined;
  #puller: Puller | undefined;

  constructor(parts: TailReaderParts) {
    this.#parts = parts;
    this.#logSeldom = createSeldomLog(parts.log);
    void this.#run();
  }

  /** A message has been passed on. */
  taken(message: Msg): void {
    this.#held -= 1;
    this.#heldBytes -= message.data.length;
    this.#puller?.pull();
  }

  async #run(): Promise<void> {
    const { connection, signal, stream } = this.#parts;
    const isOver = () => signal.aborted;
    for (let failures = 1; !isOver(); failures += 1) {
      try {
        const nc = await connection.ready(signal);
        const trouble = await this.#serve(nc);
        if (trouble === undefined) continue;
        failures = 1;
        this.#parts.log.debug({ stream, ...trouble }, 'tail begins a new consumer');
      } catch (error) {
        if (isOver()) return;
        if (isStreamGone(error)) await this.#parts.mend(stream).catch(() => undefined);
        else this.#logSeldom('warn', 'tail', { stream, err: error }, 'tail interrupted, trying on');
      }
      await pause(fullJitterMs(failures, 100), signal);
    }
  }

  /** Reads from one consumer until something is wrong with it. */
  async #serve(nc: NatsConnection): Promise<PullTrouble | undefined> {
    const { connection, stream, signal } = this.#parts;
    const jsm = await jetstreamManager(nc, { checkAPI: false });
    const name = await this.#create(jsm, nc);
    let expected = 1;
    let end: (trouble: PullTrouble | undefined) => void = () => undefined;
    const ended = new Promise<PullTrouble | undefined>((resolve) => (end = resolve));
    const puller: Puller = new Puller({
      nc,
      stream,
      consumer: name,
      maxBytes: Math.max(maxBytesHeld / 4, 2 * (nc.info?.max_payload ?? 0)),
      want: (asked) =>
        this.#heldBytes > maxBytesHeld || asked > batch / 2 || asked + this.#held > batch ? 0 : batch,
      onMessage: (message) => {
        const { deliverySequence, sequence } = parseAckSubject(message.reply ?? '');
        if (deliverySequence !== expected) {
          end({ kind: 'gone', detail: `message ${expected} is missing` });
          return;
        }
        expected += 1;
        this.#at = sequence;
        this.#held += 1;
        this.#heldBytes += message.data.length;
        this.#parts.onMessage(message);
        puller.pull();
      },
      onTrouble: end,
    });
    this.#puller = puller;
    const { reconnects } = connection;
    const looking = setInterval(() => {
      if (connection.reconnects !== reconnects) end({ kind: 'gone', detail: 'the connection was made anew' });
    }, lookMs);
    const over = () => end(undefined);
    signal.addEventListener('abort', over);
    void nc.closed().then(over);
    try {
      puller.resume();
      return await ended;
    } finally {
      clearInterval(looking);
      signal.removeEventListener('abort', over);
      this.#puller = undefined;
      end(undefined);
      const stopped = puller.stop();
      // A connection that is being closed brings no answer; the server forgets the consumer by itself.
      if (!connection.closed.aborted) {
        await within(stopMs, Promise.all([stopped, jsm.consumers.delete(stream, name)]));
      }
    }
  }

  async #create(jsm: JetStreamManager, nc: NatsConnection): Promise<string> {
    const { stream, subjects } = this.#parts;
    const { config, created, state } = await jsm.streams.info(stream);
    // A stream that was made anew, or ends before the place reached, is read from its beginning.
    if (this.#at !== undefined && (created !== this.#created || state.last_seq < this.#at)) this.#at = 0;
    this.#created = created;
    const plan = planFilters(subjects, config.subjects, nc.info?.version ?? '');
    const { name, delivered } = await jsm.consumers.add(stream, {
      name: `tail-${nuid.next()}`,
      ack_policy: AckPolicy.None,
      max_deliver: 1,
      mem_storage: true,
      num_replicas: 1,
      inactive_threshold: nanos(inactiveMs),
      ...this.#start(),
      ...filterConfig(plan),
    });
    this.#at = delivered.stream_seq;
    return name;
  }

  #start(): Partial<ConsumerConfig> {
    if (this.#at !== undefined) {
      return { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: this.#at + 1 };
    }
    const { from } = this.#parts;
    if (from === 'now') return { deliver_policy: DeliverPolicy.New };
    if (from === 'beginning') return { deliver_policy: DeliverPolicy.All };
    return { deliver_policy: DeliverPolicy.StartTime, opt_start_time: from.toISOString() };
  }
}
