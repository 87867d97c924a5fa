import { createScript } from '../script.ts';

/**
 * Begins a holder's work: from here on whoever holds an older fence is refused. Answers the head's fields and values in
 * turn, or nothing when a newer holder has begun.
 * KEYS: head. ARGV: fence.
 */
export const beginScript = createScript<string[] | null>(
  `
local known = redis.call('HGET', KEYS[1], 'fence')
if known and tonumber(known) > tonumber(ARGV[1]) then return nil end
redis.call('HSET', KEYS[1], 'fence', ARGV[1])
return redis.call('HGETALL', KEYS[1])
`,
  1,
);

/**
 * Begins a new generation of ended missions and forgets the one before the last.
 * KEYS: head, the generation to forget. ARGV: fence, new generation, now in Unix milliseconds.
 */
export const rotateScript = createScript<0 | 1>(
  `
if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'generation', ARGV[2], 'generation_size', 0, 'generation_since_ms', ARGV[3])
redis.call('UNLINK', KEYS[2])
return 1
`,
  2,
);

/**
 * Puts the cursor back to the beginning of a stream that was deleted and made anew.
 * KEYS: head. ARGV: fence, the cursor that no longer means anything.
 */
export const restartScript = createScript<0 | 1>(
  `
local head = redis.call('HMGET', KEYS[1], 'fence', 'cursor')
if head[1] ~= ARGV[1] or head[2] ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'cursor', '0-0', 'read', 0)
redis.call('HINCRBY', KEYS[1], 'recreated', 1)
return 1
`,
  1,
);
