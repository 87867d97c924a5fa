import { setTimeout as delay } from 'node:timers/promises';

import type { RobotClient } from '@fleet/robot-client';

import { countFleet } from './fleet-counts.ts';

const lookEveryMs = 50;

/** Waits until every sample is settled, for as long as there is progress, and disconnects all. */
export const settleFleet = async (clients: readonly RobotClient[], patienceMs: number): Promise<void> => {
  let least = Infinity;
  let progressAtMs = performance.now();
  for (;;) {
    const { unconfirmed } = countFleet(clients);
    if (unconfirmed === 0) break;
    if (unconfirmed < least) {
      least = unconfirmed;
      progressAtMs = performance.now();
    }
    if (performance.now() - progressAtMs > patienceMs) break;
    await delay(lookEveryMs);
  }
  await Promise.all(clients.map((client) => client.close({ deadlineMs: 0 })));
};
