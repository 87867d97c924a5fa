import { createScript } from '../script.ts';

/** The lease's value is its token and, for people, who holds it. */
const holds = `
local function holds(key, token)
  local value = redis.call('GET', key)
  return value and string.match(value, '^%d+') == token
end`;

/**
 * KEYS entries, attempts · ARGV the most entries, the most with expendable ones, then per entry: id, subject, bytes,
 * time, 1 if expendable, 1 if attempted. Gives how many were left out, or -1 when there is no room for the rest.
 */
export const appendScript = createScript<number>(
  `
local room = tonumber(ARGV[1]) - redis.call('XLEN', KEYS[1])
local roomForExpendable = room - (tonumber(ARGV[1]) - tonumber(ARGV[2]))
local needed = 0
for i = 3, #ARGV, 6 do
  if ARGV[i + 4] ~= '1' then needed = needed + 1 end
end
if needed > room then return -1 end
roomForExpendable = roomForExpendable - needed
local leftOut = 0
for i = 3, #ARGV, 6 do
  local expendable = ARGV[i + 4] == '1'
  if expendable and roomForExpendable <= 0 then
    leftOut = leftOut + 1
  else
    if expendable then roomForExpendable = roomForExpendable - 1 end
    local key = redis.call('XADD', KEYS[1], '*', 'id', ARGV[i], 'subject', ARGV[i + 1], 'event', ARGV[i + 2], 'at', ARGV[i + 3])
    if ARGV[i + 5] == '1' then redis.call('HSET', KEYS[2], key, ARGV[i + 3]) end
  end
end
return leftOut`,
  2,
);

/**
 * KEYS entries and attempts of the outbox of all, entries and attempts of one family's · ARGV family, where to start, the
 * most entries. Moves those of the family, the third token of their subject; gives the last key it looked at, or nothing
 * at the end.
 */
export const adoptScript = createScript<string | null>(
  `
local found = redis.call('XRANGE', KEYS[1], ARGV[2], '+', 'COUNT', ARGV[3])
for _, entry in ipairs(found) do
  local key, fields = entry[1], entry[2]
  local subject = ''
  for i = 1, #fields, 2 do
    if fields[i] == 'subject' then subject = fields[i + 1] end
  end
  if string.match(subject, '^[^.]+%.[^.]+%.([^.]+)%.') == ARGV[1] then
    local moved = redis.call('XADD', KEYS[3], '*', unpack(fields))
    local attempted = redis.call('HGET', KEYS[2], key)
    if attempted then redis.call('HSET', KEYS[4], moved, attempted) end
    redis.call('HDEL', KEYS[2], key)
    redis.call('XDEL', KEYS[1], key)
  end
end
if #found < tonumber(ARGV[3]) then return false end
return found[#found][1]`,
  4,
);

/** KEYS lease, fence · ARGV milliseconds, holder. Gives the token, or 0 while the lease is held. */
export const leaseScript = createScript<number>(
  `
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local token = redis.call('INCR', KEYS[2])
redis.call('SET', KEYS[1], token .. ' ' .. ARGV[2], 'PX', ARGV[1])
return token`,
  2,
);

/** KEYS lease · ARGV token, milliseconds. Gives 1 when the token still holds. */
export const renewScript = createScript<number>(
  `${holds}
if not holds(KEYS[1], ARGV[1]) then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`,
  1,
);

/** KEYS lease · ARGV token. */
export const releaseScript = createScript<number>(
  `${holds}
if not holds(KEYS[1], ARGV[1]) then return 0 end
return redis.call('DEL', KEYS[1])`,
  1,
);

/** KEYS lease, attempts · ARGV token, time, keys of entries. Gives 0 when the token does not hold any more. */
export const attemptedScript = createScript<number>(
  `${holds}
if not holds(KEYS[1], ARGV[1]) then return 0 end
for i = 3, #ARGV do redis.call('HSET', KEYS[2], ARGV[i], ARGV[2]) end
return 1`,
  2,
);

/** KEYS lease, entries, attempts · ARGV token, keys of entries. Gives 0 when the token does not hold any more. */
export const removeScript = createScript<number>(
  `${holds}
if not holds(KEYS[1], ARGV[1]) then return 0 end
for i = 2, #ARGV do
  redis.call('XDEL', KEYS[2], ARGV[i])
  redis.call('HDEL', KEYS[3], ARGV[i])
end
return 1`,
  3,
);
