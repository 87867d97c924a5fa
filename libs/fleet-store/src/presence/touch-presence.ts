import type { FleetRedis } from '../connect-redis.ts';
import { keys } from '../keys.ts';
import { createScript } from '../script.ts';

const script = createScript<0 | 1>(
  `
local held = redis.call('HMGET', KEYS[1], 'connection', 'ended_at')
if held[1] ~= ARGV[1] or held[2] then return 0 end
redis.call('HSET', KEYS[1], 'last_seen', ARGV[2])
return 1
`,
  1,
);

export interface PresenceTouch {
  robotId: string;
  connectionId: string;
  /** Unix milliseconds. */
  lastSeenAt: number;
}

/**
 * Notes when robots were last heard, in one round trip. For each: whether the connection still holds its robot;
 * `undefined` when Redis did not say.
 */
export async function touchPresence(
  redis: FleetRedis,
  touches: readonly PresenceTouch[],
): Promise<(boolean | undefined)[]> {
  const settled = await script.runBatched(
    redis,
    touches.map(({ robotId, connectionId, lastSeenAt }) => ({
      keys: [keys.presence(robotId)],
      args: [connectionId, lastSeenAt],
    })),
  );
  return settled.map((each) => (each.status === 'fulfilled' ? each.value === 1 : undefined));
}
