/**
 * Makes of a script for one call one for many, each with as many keys and arguments as the others. The first argument
 * says for how many. A call that fails gives its error in the place of its reply, and the others go on; but a server that
 * takes no writes any more says so to all of them.
 */
export const batchedLua = (lua: string): string => `
local function call(KEYS, ARGV)
${lua}
end
local calls = tonumber(ARGV[1])
local keysEach, argsEach = #KEYS / calls, (#ARGV - 1) / calls
local keys, args, replies = {}, {}, {}
for i = 0, calls - 1 do
  for k = 1, keysEach do keys[k] = KEYS[i * keysEach + k] end
  for a = 1, argsEach do args[a] = ARGV[1 + i * argsEach + a] end
  local done, reply = pcall(call, keys, args)
  if not done then
    if type(reply) ~= 'table' then reply = { err = tostring(reply) } end
    if string.find(reply.err, 'READONLY', 1, true) then return reply end
  end
  -- Nothing would end the list.
  if reply == nil then reply = false end
  replies[i + 1] = reply
end
return replies
`;
