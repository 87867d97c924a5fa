import type { FleetRedis } from '../connect-redis.ts';
import { keys } from '../keys.ts';
import { decodeRollup, type RollupBucket } from './rollup-bucket.ts';
import { maxRollupMetrics, rollUpScript } from './rollup-script.ts';
import { rollupShard, rollupShards } from './rollup-shard.ts';

export type RollupSize = 'minute' | 'hour';

export const rollupSeconds = { minute: 60, hour: 3600 } as const;

/** One sample of a robot, as the telemetry stream holds it. */
export interface RollupSample {
  readonly robotId: string;
  /** Its number in the stream, by which it is counted once. */
  readonly sequence: number;
  /** When the stream stored it, Unix milliseconds: tells a stream that was made anew from the one before. */
  readonly storedAtMs: number;
  /** When it was recorded, Unix milliseconds. */
  readonly atMs: number;
  readonly readings: readonly (readonly [metric: string, value: number])[];
}

export interface RollupBucketName {
  readonly robotId: string;
  readonly size: RollupSize;
  /** Beginning, Unix seconds. */
  readonly start: number;
}

/** Rollups of telemetry. Every call rejects while Redis is away. */
export interface RollupStore {
  /** Adds each sample that was not added before; gives how many those were. */
  add(samples: readonly RollupSample[], nowMs: number): Promise<number>;
  /** One metric's buckets, undefined where there was no reading. */
  read(metric: string, buckets: readonly RollupBucketName[]): Promise<(RollupBucket | undefined)[]>;
  /** Robots with a reading since then, at most so many. */
  robotsSince(sinceSeconds: number, limit: number): Promise<string[]>;
}

const keptSeconds = { minute: 86_400, hour: 30 * 86_400 } as const;

/** The telemetry stream keeps a day; what it still has it can deliver again. */
const appliedKeptSeconds = 2 * 86_400;

/** Unix seconds: of a robot that has sent nothing since then there is nothing left. */
const forgottenSince = (nowMs: number): number =>
  Math.floor(nowMs / 1000) - keptSeconds.hour - rollupSeconds.hour;

const chunkBits = 65_536;
const readAtOnce = 5000;

export const createRollupStore = (redis: FleetRedis): RollupStore => ({
  async add(samples, nowMs) {
    const shards = new Map<number, unknown[]>();
    for (const sample of samples) {
      const shard = rollupShard(sample.robotId);
      const list = shards.get(shard) ?? [];
      list.push(argumentOf(shard, sample, nowMs));
      shards.set(shard, list);
    }
    const added = await Promise.all(
      [...shards].map(([shard, list]) =>
        rollUpScript.run(redis, [keys.rollupRobots(shard)], [JSON.stringify(list), forgottenSince(nowMs)]),
      ),
    );
    return added.reduce((sum, each) => sum + each, 0);
  },

  async read(metric, buckets) {
    const found: (RollupBucket | undefined)[] = [];
    for (let from = 0; from < buckets.length; from += readAtOnce) {
      const replies = await Promise.all(
        buckets
          .slice(from, from + readAtOnce)
          .map(({ robotId, size, start }) =>
            redis.commands.hgetBuffer(keys.rollup(robotId, size, start), metric),
          ),
      );
      for (const packed of replies) found.push(packed === null ? undefined : decodeRollup(packed));
    }
    return found;
  },

  async robotsSince(sinceSeconds, limit) {
    const shards = await Promise.all(
      Array.from({ length: rollupShards }, (_, shard) =>
        redis.commands.zrange(keys.rollupRobots(shard), sinceSeconds, '+inf', 'BYSCORE', 'LIMIT', 0, limit),
      ),
    );
    return shards.flat().slice(0, limit);
  },
});

/** What the script wants to know of a sample. Buckets whose time is over are left out. */
const argumentOf = (shard: number, sample: RollupSample, nowMs: number): unknown[] => {
  const { robotId, sequence, storedAtMs, atMs, readings } = sample;
  const hour = Math.floor(storedAtMs / 3_600_000);
  const buckets = (['minute', 'hour'] as const)
    .map((size) => {
      const start = Math.floor(atMs / 1000 / rollupSeconds[size]) * rollupSeconds[size];
      const expiresAt = start + rollupSeconds[size] + keptSeconds[size];
      return [keys.rollup(robotId, size, start), expiresAt] as const;
    })
    .filter(([, expiresAt]) => expiresAt * 1000 > nowMs);
  return [
    keys.rollupApplied(shard, hour, Math.floor(sequence / chunkBits)),
    sequence % chunkBits,
    (hour + 1) * 3600 + appliedKeptSeconds,
    robotId,
    atMs,
    readings.length === 0 ? [] : buckets,
    readings.slice(0, maxRollupMetrics),
  ];
};
