import type { CloseReason } from '@fleet/event-envelope';
import { readPresence, type FleetRedis, type PresenceRecord } from '@fleet/fleet-store';

import type { OfflineSince } from './judge-failures.ts';

/** Nobody said goodbye: the robot was gone some time before its gateway noticed. */
const silentEnds: readonly CloseReason[] = ['connection_lost', 'heartbeat_timeout', 'gateway_lost'];

/** Since when a robot is known to be gone: since its last sign of life, unless its connection was ended in good order. */
export const offlineSinceOf = ({ ended, lastSeenAt }: PresenceRecord): number | undefined =>
  ended !== undefined && silentEnds.includes(ended.reason) ? Math.min(ended.at, lastSeenAt) : ended?.at;

/** Asks the gateways' presence. A robot whose connection has not ended, or that was never seen, is not offline. */
export const offlineSinceIn =
  (redis: FleetRedis): OfflineSince =>
  async (robotIds) => {
    const since = new Map<string, number>();
    for (const presence of await readPresence(redis, robotIds)) {
      if (presence === undefined) continue;
      const offlineSince = offlineSinceOf(presence);
      if (offlineSince !== undefined) since.set(presence.robotId, offlineSince);
    }
    return since;
  };
