import { setTimeout as delay } from 'node:timers/promises';

import { createScript, keys, type FleetRedis } from '@fleet/fleet-store';

import { fieldsOf, type MissionEvent } from './mission-event.ts';

/**
 * Appends a batch unless it, or a later one, is there already: whoever does not know whether a batch arrived may send it
 * again. Takes the number of the batch, the length to which the stream is trimmed, the time to remember, and per entry the
 * number of its fields and those.
 */
const appendOnce = createScript<number>(
  `
local batch = tonumber(ARGV[1])
if tonumber(redis.call('GET', KEYS[2]) or '0') >= batch then return 0 end
local index = 4
local added = 0
while index <= #ARGV do
  local count = tonumber(ARGV[index])
  redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', unpack(ARGV, index + 1, index + count))
  index = index + count + 1
  added = added + 1
end
redis.call('SET', KEYS[2], batch, 'EX', ARGV[3])
return added
`,
  2,
);

const entriesPerBatch = 500;
const maxStreamLength = 1_000_000;
const rememberSeconds = 3_600;
const retryMs = 200;

/** Writes mission events to a Redis stream in the order they were given, each once, whatever becomes of the connection. */
export class MissionWriter {
  readonly #redis: FleetRedis;
  readonly #keys: readonly [stream: string, written: string];
  readonly #stopped = new AbortController();
  #waiting: MissionEvent[] = [];
  #batch = 0;
  #written = 0;
  #writing: Promise<void> | undefined;

  /** @param writer names this run: no other has the same name */
  constructor(redis: FleetRedis, stream: string, writer: string) {
    this.#redis = redis;
    this.#keys = [stream, keys.missionsWritten(stream, writer)];
  }

  get written(): number {
    return this.#written;
  }

  get unwritten(): number {
    return this.#waiting.length;
  }

  write(event: MissionEvent): void {
    this.#waiting.push(event);
    this.#writing ??= this.#writeAll();
  }

  /** Waits until everything is written or the time is up, and stops. Never rejects. */
  async close(deadlineMs: number): Promise<void> {
    const enough = new AbortController();
    const late = delay(deadlineMs, undefined, { signal: enough.signal }).catch(() => undefined);
    await Promise.race([this.#writing, late]);
    enough.abort();
    this.#stopped.abort();
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    // Events of the same moment go together.
    await Promise.resolve();
    while (this.#waiting.length > 0 && !this.#stopped.signal.aborted) {
      const events = this.#waiting.slice(0, entriesPerBatch);
      this.#batch += 1;
      if (!(await this.#writeBatch(events))) break;
      this.#waiting.splice(0, events.length);
      this.#written += events.length;
    }
    this.#writing = undefined;
  }

  /** The same batch again and again until Redis has taken it. */
  async #writeBatch(events: readonly MissionEvent[]): Promise<boolean> {
    const entries = events.map(fieldsOf).flatMap((fields) => [fields.length, ...fields]);
    const args = [this.#batch, maxStreamLength, rememberSeconds, ...entries];
    while (!this.#stopped.signal.aborted) {
      try {
        await appendOnce.run(this.#redis, this.#keys, args);
        return true;
      } catch {
        // Redis itself says why, once, in the log of its connection.
        await delay(retryMs, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
      }
    }
    return false;
  }
}
