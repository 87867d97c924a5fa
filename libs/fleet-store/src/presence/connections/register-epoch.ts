import { randomBytes } from 'node:crypto';
import type { FleetRedis } from '../../connect-redis.ts';
import { keys } from '../../keys.ts';
import { createScript } from '../../script.ts';

const script = createScript<string>(
  `
local epoch = redis.call('GET', KEYS[4])
if (epoch or '') ~= ARGV[1] then return epoch or '' end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
redis.call('SET', KEYS[4], ARGV[2])
return ARGV[2]
`,
  4,
);

/** Changes with every start of the server; a cluster has no such thing. */
async function serverRun(redis: FleetRedis): Promise<string> {
  if (redis.commands.isCluster) return 'cluster';
  const text = await redis.commands.info('server');
  return /^run_id:(\w{1,12})/m.exec(text)?.[1] ?? 'unnamed';
}

/**
 * The epoch of the register of connections: a name of at most 24 letters and digits. A register that is missing, or whose server
 * has started anew since (and may have lost its last writes), is emptied and begins a new epoch, in which the
 * stream is to be read from its beginning. All callers agree on the epoch. Rejects while Redis is away.
 */
export async function registerEpoch(redis: FleetRedis): Promise<string> {
  const run = await serverRun(redis);
  for (;;) {
    const present = (await redis.commands.get(keys.connectionsEpoch())) ?? '';
    if (present.endsWith(`R${run}`)) return present;
    await script.run(
      redis,
      [keys.openConnections(), keys.closedConnections(), keys.connectionOwners(), keys.connectionsEpoch()],
      [present, `${randomBytes(4).toString('hex')}R${run}`],
    );
  }
}
