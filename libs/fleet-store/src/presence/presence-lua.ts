/** Which of two connections is the newer one: by the time it was opened, and then by its id. */
export const isNewerLua = `
local function isNewer(id, at, otherId, otherAt)
  at, otherAt = tonumber(at), tonumber(otherAt)
  return at > otherAt or (at == otherAt and id > otherId)
end
`;

/** Counts a takeover of the robot whose takeovers are in the second key, by the server's clock, for a minute. */
export const countTakeoverLua = `
local time = redis.call('TIME')
redis.call('LPUSH', KEYS[2], time[1] * 1000 + math.floor(time[2] / 1000))
redis.call('LTRIM', KEYS[2], 0, 63)
redis.call('PEXPIRE', KEYS[2], 60000)
`;
