import type { FleetRedis } from '../../connect-redis.ts';
import { keys } from '../../keys.ts';
import { createScript } from '../../script.ts';

const hold = createScript<0 | 1>(
  `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`,
  1,
);

const release = createScript<0 | 1>(
  `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`,
  1,
);

/**
 * Takes or renews the right to close what other gateways have left open. It saves work and settles nothing: two
 * holders close the same connections with the same events.
 */
export async function holdRegister(redis: FleetRedis, processId: string, ttlMs: number): Promise<boolean> {
  return (await hold.run(redis, [keys.connectionsLease()], [processId, ttlMs])) === 1;
}

/** Gives the right back, so that another takes it at once. */
export async function releaseRegister(redis: FleetRedis, processId: string): Promise<void> {
  await release.run(redis, [keys.connectionsLease()], [processId]);
}
