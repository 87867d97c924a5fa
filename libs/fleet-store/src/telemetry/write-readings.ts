import type { FleetRedis } from '../connect-redis.ts';
import { keys } from '../keys.ts';
import { createScript, type ScriptCall } from '../script.ts';
import type { GatheredReadings } from './gathered-readings.ts';

/** How much of a robot's past is kept: whichever bound is met first. */
export interface HistoryLimits {
  readonly maxSamples: number;
  readonly maxAgeSeconds: number;
  /** Of encoded readings; 4 MiB unless given. */
  readonly maxBytes?: number | undefined;
}

export interface RobotReadings {
  readonly robotId: string;
  /** At least one. */
  readonly readings: GatheredReadings;
}

const latestTtlSeconds = 30 * 24 * 3600;

/**
 * An older reading never takes the place of a newer one, whichever instance writes it and whenever. The size of the
 * history is counted in the hash of the latest reading, and anew when the history was gone or some were there already.
 * The history's share comes in one argument, a line for each reading: many arguments would cost both sides more than
 * taking it apart. A line begins with `{"recorded_at":` and the score.
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
  local lines, from, seen, batch, size, isRepeated = ARGV[9], 1, {}, {}, 0, false
  local function add()
    local added = redis.call('ZADD', history, unpack(batch, 1, size))
    count = count + added
    isRepeated = isRepeated or added * 2 < size
    size = 0
  end
  while from <= #lines do
    local stop = string.find(lines, '\\n', from, true)
    local member = string.sub(lines, from, stop - 1)
    if not seen[member] then
      seen[member] = true
      batch[size + 1] = string.sub(member, 16, string.find(member, ',', 16, true) - 1)
      batch[size + 2] = member
      size = size + 2
      bytes = bytes + #member
    end
    if size == 2000 then add() end
    from = stop + 1
  end
  if size > 0 then add() end
  if isRepeated then
    bytes = 0
    for _, member in ipairs(redis.call('ZRANGE', history, 0, -1)) do bytes = bytes + #member end
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
  const { newest, lines } = readings;
  if (newest === undefined) throw new RangeError('expected at least one reading');
  return {
    keys: [keys.latest(robotId), keys.history(robotId)],
    args: [
      nowSeconds,
      maxSamples,
      maxAgeSeconds,
      maxBytes,
      latestTtlSeconds,
      newest.reading.recordedAt,
      newest.reading.seq ?? 0,
      newest.text,
      lines,
    ],
  };
};
