import type { PresenceRecord } from '@fleet/fleet-store';
import type { Presence } from './presence-keeper.ts';

export interface StateRules {
  staleAfterMs: number;
  graceMs: number;
  takeoverLimit: number;
}

const shown = (
  { ended, lastSeenAt, since }: PresenceRecord,
  ownerAlive: boolean,
  now: number,
  { staleAfterMs, graceMs }: StateRules,
): Pick<Presence, 'state' | 'since' | 'reason'> => {
  const returning = ended?.reason === 'server_shutdown' && now - ended.at <= graceMs;
  if (ended !== undefined && !returning) return { state: 'offline', since: ended.at, reason: ended.reason };
  if (ended === undefined && !ownerAlive) return { state: 'unknown', since: lastSeenAt };
  if (now - lastSeenAt > staleAfterMs) return { state: 'stale', since: lastSeenAt + staleAfterMs };
  return { state: 'online', since };
};

/**
 * What is said of a robot at `now` (Unix milliseconds). One whose gateway shut down is shown as before until the
 * grace is over: it is expected back.
 */
export function presenceAt(
  record: PresenceRecord,
  ownerAlive: boolean,
  now: number,
  rules: StateRules,
): Presence {
  const { robotId, connectionId, instance, connectedAt, lastSeenAt, protocol, session, takeovers } = record;
  return {
    robotId,
    connectionId,
    instance,
    connectedAt,
    lastSeenAt,
    protocol,
    session,
    ...shown(record, ownerAlive, now, rules),
    takeovers,
    contested: takeovers > rules.takeoverLimit,
  };
}
