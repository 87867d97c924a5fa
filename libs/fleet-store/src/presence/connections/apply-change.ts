import type { FleetRedis } from '../../connect-redis.ts';
import { keys } from '../../keys.ts';
import { createScript } from '../../script.ts';
import type { ConnectionChange } from './open-connection.ts';

/** How long the register remembers that a connection was closed. */
export const closedMemoryMs = 3_600_000;

/**
 * Openings and closings may come in any order and more than once: a closing is remembered for a while, and an opening
 * that comes after it opens nothing.
 */
const script = createScript<0 | 1>(
  `
if redis.call('GET', KEYS[4]) ~= ARGV[1] then return 0 end
local kind, connection, storedAt = ARGV[2], ARGV[3], ARGV[4]
if kind == 'closed' then
  redis.call('ZADD', KEYS[2], storedAt, connection)
  local record = redis.call('HGET', KEYS[1], connection)
  if record then
    local owner = cjson.decode(record).process
    redis.call('HDEL', KEYS[1], connection)
    if redis.call('HINCRBY', KEYS[3], owner, -1) <= 0 then redis.call('HDEL', KEYS[3], owner) end
  end
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. ARGV[5])
elseif not redis.call('ZSCORE', KEYS[2], connection)
  and redis.call('HSETNX', KEYS[1], connection, ARGV[7]) == 1 then
  redis.call('HINCRBY', KEYS[3], ARGV[6], 1)
end
return 1
`,
  4,
);

const recordOf = (change: ConnectionChange): [owner: string, record: string] => {
  if (change.kind === 'closed') return ['', ''];
  const { processId, robotId, connectedAt } = change.connection;
  return [processId, JSON.stringify({ process: processId, robot: robotId, connected_at: connectedAt })];
};

/**
 * Enters what the stream says into the register of connections, if that is still of this `epoch`; false when it is
 * not. The order of changes does not matter, nor does it when one comes again. Rejects while Redis is away.
 */
export async function applyConnectionChange(
  redis: FleetRedis,
  epoch: string,
  change: ConnectionChange,
): Promise<boolean> {
  const connectionId = change.kind === 'closed' ? change.connectionId : change.connection.connectionId;
  const reply = await script.runSoon(
    redis,
    [keys.openConnections(), keys.closedConnections(), keys.connectionOwners(), keys.connectionsEpoch()],
    [
      epoch,
      change.kind,
      connectionId,
      change.storedAt,
      change.storedAt - closedMemoryMs,
      ...recordOf(change),
    ],
  );
  return reply === 1;
}
