import type { FleetRedis } from '../connect-redis.ts';
import { keys } from '../keys.ts';
import { createScript } from '../script.ts';
import type { HistoryLimits } from './write-readings.ts';

/** A robot's history gets shorter by at most so many readings at a time, so that nobody waits for long. */
const maxPerStep = 500;

/**
 * Removes what is beyond the limits, the oldest first, and keeps the size that is counted beside the latest reading.
 * KEYS: latest, history. ARGV: now in Unix seconds, most readings, greatest age, most bytes, most readings to remove.
 */
const script = createScript<number>(
  `
  local latest, history = KEYS[1], KEYS[2]
  local count = redis.call('ZCARD', history)
  if count == 0 then return 0 end
  local removed, bytes = 0, 0
  local function drop(members, step)
    for i = 1, #members, step do
      removed = removed + 1
      bytes = bytes + #members[i]
    end
  end
  local most = tonumber(ARGV[5])
  local tooMany = math.min(most, count - tonumber(ARGV[2]))
  if tooMany > 0 then drop(redis.call('ZPOPMIN', history, tooMany), 2) end
  local bound = '(' .. (tonumber(ARGV[1]) - tonumber(ARGV[3]))
  local old = {}
  if removed < most then old = redis.call('ZRANGEBYSCORE', history, '-inf', bound, 'LIMIT', 0, most - removed) end
  if #old > 0 then
    redis.call('ZREM', history, unpack(old))
    drop(old, 1)
  end
  local known = tonumber(redis.call('HGET', latest, 'history_bytes') or nil)
  while known and known - bytes > tonumber(ARGV[4]) and removed < most and removed < count do
    drop(redis.call('ZPOPMIN', history, 8), 2)
  end
  if known and removed > 0 then redis.call('HINCRBY', latest, 'history_bytes', -bytes) end
  return removed
  `,
  2,
);

/**
 * Trims the histories of robots to the limits, as each writing does for a robot that sends. Answers how many readings
 * were removed. Rejects while Redis is away, with what was removed so far removed.
 */
export const trimHistories = async (
  redis: FleetRedis,
  robotIds: readonly string[],
  { maxSamples, maxAgeSeconds, maxBytes = 4 * 1024 * 1024 }: HistoryLimits,
  nowSeconds: number,
): Promise<number> => {
  let removed = 0;
  for (let left = robotIds; left.length > 0;) {
    const outcomes = await script.runMany(
      redis,
      left.map((robotId) => ({
        keys: [keys.latest(robotId), keys.history(robotId)],
        args: [nowSeconds, maxSamples, maxAgeSeconds, maxBytes, maxPerStep],
      })),
    );
    const counts = outcomes.map((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value;
    });
    removed += counts.reduce((sum, count) => sum + count, 0);
    left = left.filter((_, index) => (counts[index] ?? 0) >= maxPerStep);
  }
  return removed;
};
