import { readStored, type NatsLogin } from '@fleet/testing';

import type { Robot } from './robots.ts';

/** Numbers that were confirmed and are not stored, or are stored twice, in words. */
export const faultsOfStored = async (
  servers: string,
  robots: readonly Robot[],
  login?: NatsLogin,
): Promise<string[]> => {
  const times = new Map<string, number>();
  for (const { payload } of await readStored(servers, 'telemetry.data_received', login)) {
    const key = `${payload.robot_id}: ${String(payload.metrics['value'])}`;
    times.set(key, (times.get(key) ?? 0) + 1);
  }
  return robots.flatMap(({ robotId, acked }) =>
    [...acked].flatMap((value) => {
      const key = `${robotId}: ${value}`;
      const count = times.get(key) ?? 0;
      return count === 1 ? [] : `${key} is stored ${count} times`;
    }),
  );
};
