import type { CloseReason } from '@fleet/event-envelope';
import type { FleetRedis } from '../connect-redis.ts';
import { keys } from '../keys.ts';
import { createScript } from '../script.ts';

/** A connection that presence has never heard of was the robot's last one if it is newer than the one that ended last. */
const script = createScript<0 | 1>(
  `
local held = redis.call('HMGET', KEYS[1], 'connection', 'ended_at', 'connected_at')
local connection, instance, connectedAt, endedAt, reason, lastSeen = unpack(ARGV)
if held[1] == connection then
  if held[2] then return 0 end
  redis.call('HSET', KEYS[1], 'ended_at', endedAt, 'reason', reason)
  if lastSeen ~= '' then redis.call('HSET', KEYS[1], 'last_seen', lastSeen) end
  return 1
end
if held[1] and (not held[2] or tonumber(held[3]) >= tonumber(connectedAt)) then return 0 end
if lastSeen == '' then lastSeen = endedAt end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'connection', connection, 'process', '', 'instance', instance, 'connected_at', connectedAt,
  'last_seen', lastSeen, 'since', connectedAt, 'ended_at', endedAt, 'reason', reason)
return 1
`,
  1,
);

/** Times are Unix milliseconds. */
export interface PresenceEnd {
  robotId: string;
  connectionId: string;
  /** The gateway that held the connection, where that is known. */
  instance?: string | undefined;
  connectedAt: number;
  reason: CloseReason;
  endedAt: number;
  /** Left as it is when not given; the end itself where nothing was known. */
  lastSeenAt?: number | undefined;
}

/**
 * Notes that connections have ended, in one round trip: only of robots that no other connection holds, so that the end
 * of a replaced one never hides its successor. Presence need not have heard of the connection before: its gateway may
 * have died first, or Redis may have lost what it knew. For each whether it was noted and was not yet; `undefined` when
 * Redis did not say.
 */
export async function endPresence(
  redis: FleetRedis,
  ends: readonly PresenceEnd[],
): Promise<(boolean | undefined)[]> {
  const settled = await script.runBatched(
    redis,
    ends.map(({ robotId, connectionId, instance, connectedAt, reason, endedAt, lastSeenAt }) => ({
      keys: [keys.presence(robotId)],
      args: [connectionId, instance ?? '', connectedAt, endedAt, reason, lastSeenAt ?? ''],
    })),
  );
  return settled.map((each) => (each.status === 'fulfilled' ? each.value === 1 : undefined));
}
