import type { FleetRedis } from '../connect-redis.ts';
import { keys } from '../keys.ts';
import { createScript, type ScriptCall } from '../script.ts';
import { encodeReading, isNewer, type Reading } from './reading.ts';

/** How much of a robot's past is kept: whichever bound is met first. */
export interface HistoryLimits {
  readonly maxSamples: number;
  readonly maxAgeSeconds: number;
  /** Of encoded readings; 4 MiB unless given. */
  readonly maxBytes?: number | undefined;
}

export interface RobotReadings {
  readonly robotId: string;
  /** At least one, in any order; one that is there already changes nothing. */
  readonly readings: readonly Reading[];
}

const latestTtlSeconds = 30 * 24 * 3600;

/**
 * An older reading never takes the place of a newer one, whichever instance writes it and whenever. The size of the
 * history is counted in the hash of the latest reading, and anew when the history was gone.
 */
const script = createScript<number>(
  `
  local latest, history = KEYS[1], KEYS[2]
  local now, maxSamples, maxAge, maxBytes = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
  local at, seq = tonumber(ARGV[6]), tonumber(ARGV[7])
  local kept = redis.call('HMGET', latest, 'recorded_at', 'seq', 'history_bytes')
  local bytes = tonumber(kept[3] or nil) or 0
  local count = redis.call('ZCARD', history)
  if count == 0 then bytes = 0 end
  for i = 9, #ARGV, 2 do
    if redis.call('ZADD', history, ARGV[i], ARGV[i + 1]) == 1 then
      bytes = bytes + #ARGV[i + 1]
      count = count + 1
    end
  end
  local function drop(members, step)
    for i = 1, #members, step do
      bytes = bytes - #members[i]
      count = count - 1
    end
    return #members > 0
  end
  if count > maxSamples then drop(redis.call('ZPOPMIN', history, count - maxSamples), 2) end
  while bytes > maxBytes and drop(redis.call('ZPOPMIN', history, 8), 2) do end
  local old = redis.call('ZRANGEBYSCORE', history, '-inf', '(' .. (now - maxAge), 'LIMIT', 0, 500)
  if #old > 0 then
    redis.call('ZREM', history, unpack(old))
    drop(old, 1)
  end
  local keptAt = tonumber(kept[1] or nil)
  if not keptAt or at > keptAt or (at == keptAt and seq >= (tonumber(kept[2] or nil) or 0)) then
    redis.call('HSET', latest, 'recorded_at', ARGV[6], 'seq', ARGV[7], 'reading', ARGV[8], 'history_bytes', bytes)
  else
    redis.call('HSET', latest, 'history_bytes', bytes)
  end
  redis.call('EXPIRE', latest, ARGV[5])
  redis.call('EXPIRE', history, maxAge)
  return count
  `,
  2,
);

/**
 * Writes the newest reading and the history of many robots in one round trip, each robot's in one atomic step.
 * Settles like `Promise.allSettled`, in the order given; never rejects.
 *
 * @param nowSeconds what ages are counted from
 */
export const writeReadings = async (
  redis: FleetRedis,
  batch: readonly RobotReadings[],
  limits: HistoryLimits,
  nowSeconds: number,
): Promise<PromiseSettledResult<number>[]> =>
  script.runMany(
    redis,
    batch.map((robot) => callFor(robot, limits, nowSeconds)),
  );

const callFor = (
  { robotId, readings }: RobotReadings,
  { maxSamples, maxAgeSeconds, maxBytes = 4 * 1024 * 1024 }: HistoryLimits,
  nowSeconds: number,
): ScriptCall => {
  const history: (string | number)[] = [];
  let [newest] = readings;
  let newestText = '';
  for (const reading of readings) {
    const text = encodeReading(reading);
    history.push(reading.recordedAt, text);
    if (newest === undefined || isNewer(reading, newest)) {
      newest = reading;
      newestText = text;
    }
  }
  if (newest === undefined) throw new RangeError('expected at least one reading');
  return {
    keys: [keys.latest(robotId), keys.history(robotId)],
    args: [
      nowSeconds,
      maxSamples,
      maxAgeSeconds,
      maxBytes,
      latestTtlSeconds,
      newest.recordedAt,
      newest.seq ?? 0,
      newestText,
      ...history,
    ],
  };
};
