import type { FleetRedis } from '../../connect-redis.ts';
import { keys } from '../../keys.ts';
import { createScript } from '../../script.ts';

/** What the register knows of a connection: `unknown` also when it was closed longer ago than it remembers. */
export type RegisteredState = 'open' | 'closed' | 'unknown';

const script = createScript<number[]>(
  `
local states = {}
for index, connection in ipairs(ARGV) do
  local state = 0
  if redis.call('HEXISTS', KEYS[1], connection) == 1 then state = 1
  elseif redis.call('ZSCORE', KEYS[2], connection) then state = 2 end
  states[index] = state
end
return states
`,
  2,
);

const names: readonly RegisteredState[] = ['unknown', 'open', 'closed'];
const atOnce = 1000;

/** Looks connections up in the register. Rejects while Redis is away. */
export async function lookUpConnections(
  redis: FleetRedis,
  connectionIds: readonly string[],
): Promise<Map<string, RegisteredState>> {
  const found = new Map<string, RegisteredState>();
  for (let from = 0; from < connectionIds.length; from += atOnce) {
    const some = connectionIds.slice(from, from + atOnce);
    const states = await script.run(redis, [keys.openConnections(), keys.closedConnections()], some);
    for (const [index, id] of some.entries()) found.set(id, names[states[index] ?? 0] ?? 'unknown');
  }
  return found;
}
