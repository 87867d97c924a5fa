import { connectRedis, keys } from '@fleet/fleet-store';
import { eventually } from '@fleet/testing';

import type { ProofRobot } from './robots.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

export interface SavedNumber {
  readonly robotId: string;
  readonly session: string;
  readonly last: number;
}

/** Resolves when Redis knows of each session at least these numbers. */
export const untilSaved = async (redisUrl: string, wanted: readonly SavedNumber[]): Promise<void> => {
  const redis = connectRedis({ url: redisUrl, name: 'proof', log: silent });
  try {
    await redis.untilReady();
    for (const { robotId, session, last } of wanted) {
      const key = keys.sequence(robotId, session);
      await eventually(
        async () => {
          const text = await redis.commands.hget(key, 'numbers');
          const saved = JSON.parse(text ?? '{"last":0}') as { last: number };
          return saved.last >= last;
        },
        { withinMs: 60_000, describe: `the numbers of ${robotId} up to ${last} are saved` },
      );
    }
  } finally {
    await redis.stop();
  }
};

/** Resolves when Redis knows of every robot what that had been told when this was called. */
export const numbersSaved = (redisUrl: string, robots: readonly ProofRobot[]): Promise<void> =>
  untilSaved(
    redisUrl,
    robots.map(({ robotId, client, acked }) => ({ robotId, session: client.status().session, last: acked })),
  );
