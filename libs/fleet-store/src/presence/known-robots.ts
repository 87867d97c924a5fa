import type { FleetRedis } from '../connect-redis.ts';
import { keys } from '../keys.ts';

/** Adds robots to those ever seen. */
export async function rememberRobots(redis: FleetRedis, robotIds: readonly string[]): Promise<void> {
  if (robotIds.length === 0) return;
  await redis.commands.zadd(keys.robots(), ...robotIds.flatMap((robotId) => [0, robotId]));
}

/** The next robots ever seen, in the order of their ids' bytes, after `after` (from the first without one). */
export function knownRobots(redis: FleetRedis, after: string | undefined, limit: number): Promise<string[]> {
  const from = after === undefined ? '-' : `(${after}`;
  return redis.commands.zrange(keys.robots(), from, '+', 'BYLEX', 'LIMIT', 0, limit);
}
