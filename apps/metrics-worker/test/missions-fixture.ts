import { connectRedis, type FleetRedis, type SentinelAddress } from '@fleet/fleet-store';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export const missionStreamKey = 'brain.events.missions';

/** What a producer of mission events does. */
export interface Producer extends AsyncDisposable {
  readonly redis: FleetRedis;
  /** Adds one entry and gives its id. */
  add(fields: Record<string, string | number>): Promise<string>;
  /** Adds many entries, in as few round trips as it takes, and gives their ids. Rejects when it does not know of all that they were added. */
  addAll(entries: readonly Record<string, string | number>[]): Promise<string[]>;
}

export const connectProducer = async (redisUrl: string, sentinel?: SentinelAddress): Promise<Producer> => {
  const redis = connectRedis({ url: redisUrl, sentinel, name: 'producer', log: quiet });
  await redis.untilReady();
  const { commands } = redis;
  return {
    redis,
    async add(fields) {
      return String(await commands.xadd(missionStreamKey, '*', ...Object.entries(fields).flat()));
    },
    async addAll(entries) {
      const ids: string[] = [];
      for (let from = 0; from < entries.length; from += 1000) {
        const pipeline = commands.pipeline();
        for (const fields of entries.slice(from, from + 1000)) {
          pipeline.xadd(missionStreamKey, '*', ...Object.entries(fields).flat());
        }
        for (const [error, id] of (await pipeline.exec()) ?? []) {
          if (error !== null) throw error;
          ids.push(String(id));
        }
      }
      return ids;
    },
    [Symbol.asyncDispose]: () => redis.stop(),
  };
};

/** A mission's entries from its creation to its end. */
export const missionEntries = (
  missionId: string,
  end: string,
  more: Record<string, string | number> = {},
): Record<string, string | number>[] =>
  ['created', 'started', end].map((kind) => ({
    event_type: `mission.${kind}`,
    mission_id: missionId,
    ...more,
  }));
