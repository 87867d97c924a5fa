import type { FleetRedis } from '../connect-redis.ts';
import { keys } from '../keys.ts';
import { createScript } from '../script.ts';

/** An event of a stream; a stream that was made anew is another one, whose sequences begin at 1 again. */
export interface HandledEvent {
  readonly stream: string;
  /** When the stream was made, Unix milliseconds. */
  readonly streamCreatedAt: number;
  readonly sequence: number;
  /** A UUID. */
  readonly id: string;
}

/** What each durable has handled. Rejects while Redis is away. */
export interface HandledEventStore {
  /** Whether the event was remembered: its place in the stream first, its id second. */
  seen(durable: string, event: HandledEvent): Promise<boolean>;
  remember(durable: string, event: HandledEvent): Promise<void>;
}

export interface HandledEventLimits {
  /** How long places and ids are kept after the last event beside them; a week unless given. */
  readonly ttlSeconds?: number;
  /** So many of the newest ids are kept at least, and at most twice as many; 20,000 unless given. */
  readonly ids?: number;
}

/** Places in the stream kept in one string: a bit each, so one KiB. */
const placesPerPage = 8_192;

const seenScript = createScript<number>(
  `
  if redis.call('GETBIT', KEYS[1], ARGV[1]) == 1 then return 1 end
  if redis.call('SISMEMBER', KEYS[2], ARGV[2]) == 1 then return 1 end
  return redis.call('SISMEMBER', KEYS[3], ARGV[2])
  `,
  3,
);

const rememberScript = createScript(
  `
  redis.call('SETBIT', KEYS[1], ARGV[1], 1)
  redis.call('EXPIRE', KEYS[1], ARGV[3])
  if redis.call('SCARD', KEYS[2]) >= tonumber(ARGV[4]) then redis.call('RENAME', KEYS[2], KEYS[3]) end
  redis.call('SADD', KEYS[2], ARGV[2])
  redis.call('EXPIRE', KEYS[2], ARGV[3])
  `,
  3,
);

/**
 * Remembers handled events at a bit for each place in a stream and some 60 bytes for each of the newest ids: a durable
 * that handles a million events a day takes about 3.5 MB in a week, 2.4 MB of them ids.
 */
export const createHandledEvents = (
  redis: FleetRedis,
  { ttlSeconds = 604_800, ids = 20_000 }: HandledEventLimits = {},
): HandledEventStore => {
  const keysOf = (durable: string, { stream, streamCreatedAt, sequence }: HandledEvent) => [
    keys.handledPlaces(durable, `${stream}:${streamCreatedAt}`, Math.floor(sequence / placesPerPage)),
    keys.handledIds(durable),
    keys.handledIdsBefore(durable),
  ];
  const placeOf = ({ sequence }: HandledEvent) => sequence % placesPerPage;
  const idOf = ({ id }: HandledEvent) => Buffer.from(id.replaceAll('-', ''), 'hex');

  return {
    async seen(durable, event) {
      return (await seenScript.run(redis, keysOf(durable, event), [placeOf(event), idOf(event)])) === 1;
    },
    async remember(durable, event) {
      await rememberScript.run(redis, keysOf(durable, event), [placeOf(event), idOf(event), ttlSeconds, ids]);
    },
  };
};
