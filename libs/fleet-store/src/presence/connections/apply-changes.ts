import type { FleetRedis } from '../../connect-redis.ts';
import { keys } from '../../keys.ts';
import { createScript, type ScriptArgument } from '../../script.ts';
import type { ConnectionChange } from './open-connection.ts';

/** -1: not entered. Otherwise whether the connection is open. */
type Reply = -1 | 0 | 1;

/** How long the register remembers that a connection was closed. */
export const closedMemoryMs = 3_600_000;

/**
 * Openings and closings may come in any order and more than once: a closing is remembered for a while, and an opening
 * that comes after it opens nothing. One that cannot be entered is no reason for the others not to be. Owners are counted
 * before the connection is written or removed, since that may fail: nothing is half open.
 */
const script = createScript<Reply[]>(
  `
if redis.call('GET', KEYS[4]) ~= ARGV[1] then return {} end
local function apply(kind, connection, storedAt, owner, record)
  if kind == 'closed' then
    redis.call('ZADD', KEYS[2], storedAt, connection)
    local held = redis.call('HGET', KEYS[1], connection)
    if held then
      local process = cjson.decode(held).process
      if redis.call('HINCRBY', KEYS[3], process, -1) <= 0 then redis.call('HDEL', KEYS[3], process) end
      redis.call('HDEL', KEYS[1], connection)
    end
  elseif not redis.call('ZSCORE', KEYS[2], connection) and redis.call('HEXISTS', KEYS[1], connection) == 0 then
    redis.call('HINCRBY', KEYS[3], owner, 1)
    redis.call('HSET', KEYS[1], connection, record)
  end
  return redis.call('HEXISTS', KEYS[1], connection)
end
local replies = {}
for i = 3, #ARGV, 5 do
  local done, isOpen = pcall(apply, ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4])
  table.insert(replies, done and isOpen or -1)
end
if ARGV[2] ~= '' then redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. ARGV[2]) end
return replies
`,
  4,
);

export type ChangeOutcome = 'open' | 'closed' | 'failed';

const outcomes: Readonly<Record<Reply, ChangeOutcome>> = { [-1]: 'failed', 0: 'closed', 1: 'open' };

const argumentsOf = (change: ConnectionChange): ScriptArgument[] => {
  if (change.kind === 'closed') return ['closed', change.connectionId, change.storedAt, '', ''];
  const { connectionId, processId, robotId, connectedAt } = change.connection;
  const record = JSON.stringify({ process: processId, robot: robotId, connected_at: connectedAt });
  return ['established', connectionId, change.storedAt, processId, record];
};

/** Closings stored before this may be forgotten; `''` where nothing says so. */
const forgottenBefore = (changes: readonly ConnectionChange[]): number | '' => {
  const newest = changes.reduce(
    (at, { kind, storedAt }) => (kind === 'closed' ? Math.max(at, storedAt) : at),
    0,
  );
  return newest === 0 ? '' : newest - closedMemoryMs;
};

/**
 * Enters what the stream says into the register of connections, if that is still of this `epoch`, in one round trip: for
 * each what its connection is now, `failed` when it was not entered; `undefined` when the register is of another. The order of changes does not matter, nor
 * does it when one comes again. Rejects while Redis is away.
 */
export async function applyConnectionChanges(
  redis: FleetRedis,
  epoch: string,
  changes: readonly ConnectionChange[],
): Promise<ChangeOutcome[] | undefined> {
  if (changes.length === 0) return [];
  const replies = await script.run(
    redis,
    [keys.openConnections(), keys.closedConnections(), keys.connectionOwners(), keys.connectionsEpoch()],
    [epoch, forgottenBefore(changes), ...changes.flatMap(argumentsOf)],
  );
  return replies.length === 0 ? undefined : replies.map((reply) => outcomes[reply]);
}
