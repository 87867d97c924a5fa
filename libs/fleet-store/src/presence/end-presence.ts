import type { CloseReason } from '@fleet/event-envelope';
import type { FleetRedis } from '../connect-redis.ts';
import { keys } from '../keys.ts';
import { createScript } from '../script.ts';
import { countTakeoverLua, isNewerLua } from './presence-lua.ts';

type Reply = [isNoted: 0 | 1, connection: string, process: string];

/**
 * The newest connection of a robot is the one that its presence is about, open or not: an end that is told late, after
 * that of a newer one or in place of its claim, changes nothing or what it should.
 */
const script = createScript<Reply>(
  `
local held = redis.call('HMGET', KEYS[1], 'connection', 'process', 'connected_at', 'ended_at')
local connection, instance, connectedAt, endedAt, reason, lastSeen, protocol, session = unpack(ARGV)
${isNewerLua}
if held[1] == connection then
  if held[4] then return { 0, '', '' } end
  redis.call('HSET', KEYS[1], 'ended_at', endedAt, 'reason', reason)
  if lastSeen ~= '' then redis.call('HSET', KEYS[1], 'last_seen', lastSeen) end
  return { 1, '', '' }
end
if held[1] and not isNewer(connection, connectedAt, held[1], held[3]) then return { 0, '', '' } end
-- One that is open stays where there is doubt which is the newer: in the same millisecond, and of one that was replaced.
local isDisplacing = held[1] and not held[4]
if isDisplacing and (reason == 'replaced' or tonumber(connectedAt) == tonumber(held[3])) then return { 0, '', '' } end
if lastSeen == '' then lastSeen = endedAt end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'connection', connection, 'process', '', 'instance', instance, 'connected_at', connectedAt,
  'last_seen', lastSeen, 'since', connectedAt, 'protocol', protocol, 'session', session, 'ended_at', endedAt, 'reason', reason)
if not isDisplacing then return { 1, '', '' } end
${countTakeoverLua}
return { 1, held[1], held[2] }
`,
  2,
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
  protocol?: string | undefined;
  session?: string | undefined;
}

export interface EndOutcome {
  /** Whether it was noted and was not yet; not where presence is about a newer connection. */
  isNoted: boolean;
  /** The older connection that was displaced though open, as the claim of this one would have: its owner is to be told. */
  displaced?: { connectionId: string; processId: string };
}

/**
 * Notes that connections have ended, each atomically, in one round trip. Presence need not have heard of one before: its
 * gateway may have died first, or Redis may have lost what it knew. The newest connection counts, by the time it was
 * opened and then by its id, in whatever order ends come and however often; the end of an older one never hides it.
 * `undefined` when Redis did not say.
 */
export async function endPresence(
  redis: FleetRedis,
  ends: readonly PresenceEnd[],
): Promise<(EndOutcome | undefined)[]> {
  const settled = await script.runBatched(
    redis,
    ends.map((end) => ({
      keys: [keys.presence(end.robotId), keys.takeovers(end.robotId)],
      args: [
        ...[end.connectionId, end.instance ?? '', end.connectedAt, end.endedAt, end.reason],
        ...[end.lastSeenAt ?? '', end.protocol ?? '', end.session ?? ''],
      ],
    })),
  );
  return settled.map((each) => (each.status === 'fulfilled' ? outcomeOf(each.value) : undefined));
}

const outcomeOf = ([isNoted, connectionId, processId]: Reply): EndOutcome => ({
  isNoted: isNoted === 1,
  ...(connectionId === '' ? {} : { displaced: { connectionId, processId } }),
});
