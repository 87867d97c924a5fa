import type { CloseReason } from '@fleet/event-envelope';
import type { FleetRedis } from '../connect-redis.ts';
import { keys } from '../keys.ts';
import { createScript } from '../script.ts';

const script = createScript<0 | 1>(
  `
local held = redis.call('HMGET', KEYS[1], 'connection', 'ended_at')
if held[1] ~= ARGV[1] or held[2] then return 0 end
redis.call('HSET', KEYS[1], 'ended_at', ARGV[2], 'reason', ARGV[3])
if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'last_seen', ARGV[4]) end
return 1
`,
  1,
);

export interface PresenceEnd {
  robotId: string;
  connectionId: string;
  reason: CloseReason;
  /** Unix milliseconds. */
  endedAt: number;
  /** Unix milliseconds; left as it is when not given. */
  lastSeenAt?: number | undefined;
}

/**
 * Notes that connections have ended, in one round trip: only for those that still hold their robots, so that the end
 * of a replaced one never hides its successor. For each whether it did hold; `undefined` when Redis did not say.
 */
export async function endPresence(
  redis: FleetRedis,
  ends: readonly PresenceEnd[],
): Promise<(boolean | undefined)[]> {
  const settled = await script.runBatched(
    redis,
    ends.map(({ robotId, connectionId, reason, endedAt, lastSeenAt }) => ({
      keys: [keys.presence(robotId)],
      args: [connectionId, endedAt, reason, lastSeenAt ?? ''],
    })),
  );
  return settled.map((each) => (each.status === 'fulfilled' ? each.value === 1 : undefined));
}
