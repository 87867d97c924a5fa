import { readPresence, type FleetRedis } from '@fleet/fleet-store';

import type { OfflineSince } from './judge-failures.ts';

/** Asks the gateways' presence. A robot whose connection has not ended, or that was never seen, is not offline. */
export const offlineSinceIn =
  (redis: FleetRedis): OfflineSince =>
  async (robotIds) => {
    const since = new Map<string, number>();
    for (const presence of await readPresence(redis, robotIds)) {
      if (presence?.ended !== undefined) since.set(presence.robotId, presence.ended.at);
    }
    return since;
  };
