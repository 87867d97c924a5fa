import { createScript } from '../script.ts';

/**
 * Closes minutes whose numbers have changed: raises their revision and keeps what they say now as unpublished, in one
 * step with taking them off the list of the changed ones. Answers 0 when a newer holder has begun.
 * KEYS: head, minutes-changed, windows-unpublished. ARGV: fence, then per minute its beginning and the keys of its
 * minute, hour and day.
 */
export const closeScript = createScript<0 | 1>(
  `
if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[1] then return 0 end
for i = 2, #ARGV, 4 do
  local minute, key = ARGV[i], ARGV[i + 1]
  redis.call('ZREM', KEYS[2], minute)
  if redis.call('EXISTS', key) == 1 then
    local revision = redis.call('HINCRBY', key, 'revision', 1)
    redis.call('HSET', KEYS[3], minute .. ':' .. revision, cjson.encode(redis.call('HGETALL', key)))
    if revision > 1 then
      for coarser = i + 2, i + 3 do
        if redis.call('EXISTS', ARGV[coarser]) == 1 then redis.call('HINCRBY', ARGV[coarser], 'corrections', 1) end
      end
    end
  end
end
return 1
`,
  3,
);
