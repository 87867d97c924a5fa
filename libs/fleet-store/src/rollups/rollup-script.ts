import { createScript } from '../script.ts';

/** A bucket tells at most so many metrics of a robot apart; further ones are left out. */
export const maxRollupMetrics = 128;

/**
 * Adds samples to their buckets, each one once: a bit per stream sequence says that it was added. Answers how many were.
 * KEYS: robots of the shard. ARGV: JSON of
 * `[[applied key, bit, its expiry, robot, time in ms, [[bucket key, expiry], …], [[metric, reading], …]], …]`,
 * the expiries in Unix seconds; robots that last sent before (Unix seconds) are forgotten. All keys have the hash tag of KEYS[1].
 */
export const rollUpScript = createScript<number>(
  `
local added = 0
local expiring = {}
local layout = '<dddddd'

local function add(key, expiry, robot, at, readings)
  local names = {}
  for i, reading in ipairs(readings) do names[i] = reading[1] end
  local known = redis.call('HMGET', key, unpack(names))
  local room = -1
  local isNew = false
  local changed = {}
  for i, reading in ipairs(readings) do
    local value = reading[2]
    local packed
    if known[i] then
      local min, max, sum, count, last, lastAt = struct.unpack(layout, known[i])
      if value < min then min = value end
      if value > max then max = value end
      if at >= lastAt then
        last = value
        lastAt = at
      end
      packed = struct.pack(layout, min, max, sum + value, count + 1, last, lastAt)
    else
      if room < 0 then
        room = ${maxRollupMetrics} - redis.call('HLEN', key)
        isNew = room == ${maxRollupMetrics}
      end
      if room > 0 then
        room = room - 1
        packed = struct.pack(layout, value, value, value, 1, value, at)
      end
    end
    if packed then
      changed[#changed + 1] = reading[1]
      changed[#changed + 1] = packed
    end
  end
  if #changed > 0 then redis.call('HSET', key, unpack(changed)) end
  if isNew then
    redis.call('EXPIREAT', key, expiry)
    redis.call('ZADD', KEYS[1], 'GT', math.floor(at / 1000), robot)
  end
end

for _, sample in ipairs(cjson.decode(ARGV[1])) do
  if redis.call('SETBIT', sample[1], sample[2], 1) == 0 then
    added = added + 1
    if not expiring[sample[1]] then
      expiring[sample[1]] = true
      redis.call('EXPIREAT', sample[1], sample[3])
    end
    for _, bucket in ipairs(sample[6]) do add(bucket[1], bucket[2], sample[4], sample[5], sample[7]) end
  end
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[2])
return added
`,
  1,
);
