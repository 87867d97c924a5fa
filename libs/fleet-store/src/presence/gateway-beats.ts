import type { FleetRedis } from '../connect-redis.ts';
import { keys } from '../keys.ts';
import { createScript } from '../script.ts';

/** Each gateway process with its last heartbeat, Unix milliseconds of its own clock. */
export type GatewayBeats = ReadonlyMap<string, number>;

const script = createScript<string[]>(
  `
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
return redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
`,
  1,
);

/** Says that a process is alive, and learns when every process last said so. */
export async function beat(redis: FleetRedis, processId: string, atMs: number): Promise<GatewayBeats> {
  const flat = await script.run(redis, [keys.gatewayBeats()], [processId, atMs]);
  const beats = new Map<string, number>();
  for (let index = 0; index + 1 < flat.length; index += 2) {
    beats.set(flat[index] as string, Number(flat[index + 1]));
  }
  return beats;
}

/** The last heartbeat of one process. */
export async function lastBeatOf(redis: FleetRedis, processId: string): Promise<number | undefined> {
  const score = await redis.commands.zscore(keys.gatewayBeats(), processId);
  return score === null ? undefined : Number(score);
}

/** Forgets processes that nothing refers to any more. */
export async function forgetGateways(redis: FleetRedis, processIds: readonly string[]): Promise<void> {
  if (processIds.length > 0) await redis.commands.zrem(keys.gatewayBeats(), ...processIds);
}
