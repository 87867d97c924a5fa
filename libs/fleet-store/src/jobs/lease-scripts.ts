import { createScript } from '../script.ts';

/**
 * Takes the lease if nobody has it. Answers the new fence and the holder before, or nothing. The fence is the time of the
 * server, Unix microseconds, or one more than the last: so it grows even where the last one was lost, with the database or
 * in a fail-over, and no two holders ever have the same.
 * KEYS: lease, fence. ARGV: holder, TTL in milliseconds.
 */
export const acquireScript = createScript<[fence: number, before: string | null] | null>(
  `
if redis.call('EXISTS', KEYS[1]) == 1 then return nil end
local before = redis.call('HGET', KEYS[2], 'holder')
local last = tonumber(redis.call('HGET', KEYS[2], 'fence') or 0)
local time = redis.call('TIME')
local fence = math.max(last + 1, time[1] * 1000000 + time[2])
redis.call('HSET', KEYS[2], 'holder', ARGV[1], 'fence', fence)
redis.call('SET', KEYS[1], fence, 'PX', ARGV[2])
return { fence, before }
`,
  2,
);

/**
 * Prolongs the lease; 0 when it is another's or nobody's. 2 when somebody has asked for a run, which is then taken as heard.
 * KEYS: lease, requested. ARGV: fence, TTL in milliseconds.
 */
export const renewScript = createScript<0 | 1 | 2>(
  `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1 + redis.call('DEL', KEYS[2])
`,
  2,
);

/** KEYS: lease. ARGV: fence. */
export const releaseScript = createScript<0 | 1>(
  `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`,
  1,
);
