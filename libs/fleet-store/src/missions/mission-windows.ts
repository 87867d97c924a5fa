import type { FleetRedis } from '../connect-redis.ts';
import { keys } from '../keys.ts';
import { fieldsOf } from './fields-of.ts';
import type { BucketSize } from './mission-write.ts';
import { closeScript } from './window-scripts.ts';

export interface BucketName {
  readonly size: BucketSize;
  /** Beginning, Unix seconds. */
  readonly start: number;
}

/** A bucket's counters by name; empty when nothing happened in it. */
export type BucketCounts = ReadonlyMap<string, number>;

/** A minute as it was when it was closed, until its event is stored. */
export interface ClosedMinute {
  readonly start: number;
  readonly revision: number;
  readonly counts: BucketCounts;
}

/** A stretch of time of which entries are missing, Unix milliseconds. */
export interface MissionGap {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The windows of the missions, for reading and for closing. */
export interface MissionWindows {
  counts(buckets: readonly BucketName[]): Promise<BucketCounts[]>;
  /** By `<outcome>:<robot>`; `*` is all robots beyond the cap. */
  robots(buckets: readonly BucketName[]): Promise<BucketCounts[]>;
  gaps(): Promise<MissionGap[]>;
  /** Minutes that began at or before `start` and have changed since they were last closed, oldest first. */
  changed(start: number, limit: number): Promise<number[]>;
  /** Gives each minute its next revision. False when a newer holder has begun. */
  close(fence: number, minutes: readonly number[]): Promise<boolean>;
  unpublished(): Promise<ClosedMinute[]>;
  published(closed: ClosedMinute): Promise<void>;
}

export const createMissionWindows = (redis: FleetRedis): MissionWindows => {
  const { commands } = redis;

  const readHashes = async (names: readonly string[]): Promise<BucketCounts[]> => {
    const pipeline = commands.pipeline();
    for (const name of names) pipeline.hgetall(name);
    const replies = (await pipeline.exec()) ?? [];
    return replies.map(([error, fields]) => {
      if (error !== null) throw error;
      return new Map(
        Object.entries(fields as Record<string, string>).map(([name, value]) => [name, Number(value)]),
      );
    });
  };

  return {
    counts: (buckets) => readHashes(buckets.map(({ size, start }) => keys.missionBucket(size, start))),
    robots: (buckets) => readHashes(buckets.map(({ size, start }) => keys.missionBucketRobots(size, start))),
    async gaps() {
      const texts = await commands.lrange(keys.missionGaps(), 0, -1);
      return texts.map((text) => {
        const gap = JSON.parse(text) as { from_ms: number; to_ms: number };
        return { fromMs: gap.from_ms, toMs: gap.to_ms };
      });
    },
    async changed(start, limit) {
      const minutes = await commands.zrangebyscore(
        keys.missionMinutesChanged(),
        '-inf',
        start,
        'LIMIT',
        0,
        limit,
      );
      return minutes.map(Number);
    },
    async close(fence, minutes) {
      const args = minutes.flatMap((start) => [
        start,
        keys.missionBucket('minute', start),
        keys.missionBucket('hour', start - (start % 3600)),
        keys.missionBucket('day', start - (start % 86_400)),
      ]);
      const names = [keys.missionHead(), keys.missionMinutesChanged(), keys.missionWindowsUnpublished()];
      return (await closeScript.run(redis, names, [fence, ...args])) === 1;
    },
    async unpublished() {
      const kept = await commands.hgetall(keys.missionWindowsUnpublished());
      return Object.entries(kept).map(([field, json]) => {
        const [start, revision] = field.split(':').map(Number) as [number, number];
        const fields = fieldsOf(JSON.parse(json) as string[]);
        const counts = new Map(Object.entries(fields).map(([name, value]) => [name, Number(value)]));
        return { start, revision, counts };
      });
    },
    async published({ start, revision }) {
      await commands.hdel(keys.missionWindowsUnpublished(), `${start}:${revision}`);
    },
  };
};
