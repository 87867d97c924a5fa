import { connectRedis, keys } from '@fleet/fleet-store';
import { eventually } from '@fleet/testing';

import type { ProofRobot } from './robots.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** Resolves when Redis knows of every robot what that had been told when this was called. */
export const numbersSaved = async (redisUrl: string, robots: readonly ProofRobot[]): Promise<void> => {
  const redis = connectRedis({ url: redisUrl, name: 'proof', log: silent });
  try {
    await redis.untilReady();
    for (const { robotId, client, acked } of robots) {
      const key = keys.sequence(robotId, client.status().session);
      await eventually(
        async () => {
          const text = await redis.commands.hget(key, 'numbers');
          const { last } = JSON.parse(text ?? '{"last":0}') as { last: number };
          return last >= acked;
        },
        { withinMs: 60_000, describe: `the numbers of ${robotId} up to ${acked} are saved` },
      );
    }
  } finally {
    await redis.stop();
  }
};
