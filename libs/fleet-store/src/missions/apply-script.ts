import { createScript } from '../script.ts';

/**
 * Applies a batch in one step, or nothing of it: `fenced` when a newer holder of the lease has begun, `moved` when the
 * cursor is not where the writer thought. Whoever gets an error from the connection does not know whether it was
 * applied, and finds out by reading the cursor.
 *
 * KEYS: head, totals, open, ended, rejected, minutes-changed, gaps. The buckets' keys come as arguments, of the same hash tag.
 * ARGV: one JSON array, which costs both ends far less than thousands of arguments: fence, expected cursor, new cursor, cap of rejected and of gaps, cap of robot fields, then lists, each led by its length:
 * head increments, head values, totals, minutes changed, open, no longer open, ended, rejected, gaps; then the buckets as
 * (key, expiry in Unix seconds, counts, robots key, robots).
 */
const lua = `
local ARGV = cjson.decode(ARGV[1])
local fence = tonumber(ARGV[1])
local head = redis.call('HMGET', KEYS[1], 'fence', 'cursor')
if head[1] and tonumber(head[1]) > fence then return 'fenced' end
if (head[2] or '0-0') ~= ARGV[2] then return 'moved' end
local at = 6

local function list()
  local size = tonumber(ARGV[at])
  local first = at + 1
  at = first + size
  return first, at - 1
end

local function chunked(command, key, first, last)
  for from = first, last, 4000 do
    redis.call(command, key, unpack(ARGV, from, math.min(from + 3999, last)))
  end
end

local function known(key, first, last)
  local names = {}
  for i = first, last, 2 do names[#names + 1] = ARGV[i] end
  return names, redis.call('HMGET', key, unpack(names))
end

local function store(key, changed, gone)
  if #changed > 0 then redis.call('HSET', key, unpack(changed)) end
  if #gone > 0 then redis.call('HDEL', key, unpack(gone)) end
end

local function increase(key, first, last)
  for from = first, last, 2000 do
    local names, values = known(key, from, math.min(from + 1999, last))
    local changed, gone = {}, {}
    for i = 1, #names do
      local sum = (tonumber(values[i]) or 0) + ARGV[from + 2 * i - 1]
      if sum == 0 then
        gone[#gone + 1] = names[i]
      else
        changed[#changed + 1] = names[i]
        changed[#changed + 1] = sum
      end
    end
    store(key, changed, gone)
  end
end

local function increaseRobots(key, cap, first, last)
  local size = redis.call('HLEN', key)
  for from = first, last, 2000 do
    local names, values = known(key, from, math.min(from + 1999, last))
    local changed = {}
    for i = 1, #names do
      local change = ARGV[from + 2 * i - 1]
      if values[i] or size < cap then
        if not values[i] then size = size + 1 end
        changed[#changed + 1] = names[i]
        changed[#changed + 1] = (tonumber(values[i]) or 0) + change
      else
        redis.call('HINCRBY', key, string.match(names[i], '^[^:]*:') .. '*', change)
      end
    end
    store(key, changed, {})
  end
end

redis.call('HSET', KEYS[1], 'fence', ARGV[1], 'cursor', ARGV[3])
increase(KEYS[1], list())
chunked('HSET', KEYS[1], list())
increase(KEYS[2], list())
local first, last = list()
for i = first, last do redis.call('ZADD', KEYS[6], ARGV[i], ARGV[i]) end
chunked('HSET', KEYS[3], list())
chunked('HDEL', KEYS[3], list())
chunked('HSET', KEYS[4], list())
for key = 5, 7, 2 do
  first, last = list()
  if last >= first then
    chunked('LPUSH', KEYS[key], first, last)
    redis.call('LTRIM', KEYS[key], 0, tonumber(ARGV[4]) - 1)
  end
end
while at <= #ARGV do
  local key, expiry = ARGV[at], ARGV[at + 1]
  at = at + 2
  increase(key, list())
  redis.call('EXPIREAT', key, expiry)
  local robotsKey = ARGV[at]
  at = at + 1
  first, last = list()
  if last >= first then
    increaseRobots(robotsKey, tonumber(ARGV[5]), first, last)
    redis.call('EXPIREAT', robotsKey, expiry)
  end
end
return 'applied'
`;

export const applyScript = createScript<'applied' | 'fenced' | 'moved'>(lua, 7);
