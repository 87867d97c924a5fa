import type { FleetRedis } from '../connect-redis.ts';
import { keys } from '../keys.ts';
import { applyScript } from './apply-script.ts';
import { fieldsOf } from './fields-of.ts';
import { beginScript, restartScript, rotateScript } from './head-script.ts';
import { parseHead, type MissionHead } from './mission-head.ts';
import type { MissionWrite, WriteOutcome } from './mission-write.ts';
import { writeArguments } from './write-arguments.ts';

/** A mission's history as it is kept, and whether it is under way. */
export interface StoredMission {
  readonly isOpen: boolean;
  readonly history: string;
}

/** What the aggregation reads and writes. All of it is in one hash slot. */
export interface MissionStore {
  /** Begins as the holder of `fence`; null when a newer holder has begun. */
  begin(fence: number): Promise<MissionHead | null>;
  head(): Promise<MissionHead>;
  /**
   * What is known of these missions; null when the cursor is not where the reader believes it to be. Sent after a write
   * on the same connection, without waiting for its answer, it sees what was written.
   */
  missions(
    ids: readonly string[],
    generation: number,
    cursor: string,
  ): Promise<ReadonlyMap<string, StoredMission> | null>;
  /** Applies all of it or nothing. */
  apply(write: MissionWrite): Promise<WriteOutcome>;
  /** Forgets the ended missions of the generation before the last. False when a newer holder has begun. */
  rotate(fence: number, generation: number, nowMs: number): Promise<boolean>;
  /** Begins the stream anew. False when a newer holder has begun. */
  restart(fence: number, cursor: string): Promise<boolean>;
  totals(): Promise<ReadonlyMap<string, number>>;
  /** The newest rejected entries, as JSON. */
  rejected(limit: number): Promise<string[]>;
}

export const createMissionStore = (redis: FleetRedis): MissionStore => {
  const { commands } = redis;
  return {
    async begin(fence) {
      const pairs = await beginScript.run(redis, [keys.missionHead()], [fence]);
      return pairs === null ? null : parseHead(fieldsOf(pairs));
    },
    async head() {
      return parseHead(await commands.hgetall(keys.missionHead()));
    },
    async missions(ids, generation, cursor) {
      if (ids.length === 0) return new Map();
      const places = [keys.missionsOpen(), keys.missionsEnded(generation)];
      if (generation > 1) places.push(keys.missionsEnded(generation - 1));
      const [at, ...replies] = await Promise.all([
        commands.hget(keys.missionHead(), 'cursor'),
        ...places.map((key) => commands.hmget(key, ...ids)),
      ]);
      return (at ?? '0-0') === cursor ? foundIn(ids, replies) : null;
    },
    apply: (write) =>
      applyScript.run(
        redis,
        [
          keys.missionHead(),
          keys.missionTotals(),
          keys.missionsOpen(),
          keys.missionsEnded(write.generation),
          keys.missionsRejected(),
          keys.missionMinutesChanged(),
          keys.missionGaps(),
        ],
        [JSON.stringify(writeArguments(write))],
      ),
    async rotate(fence, generation, nowMs) {
      const forgotten = keys.missionsEnded(generation - 2);
      return (
        (await rotateScript.run(redis, [keys.missionHead(), forgotten], [fence, generation, nowMs])) === 1
      );
    },
    async restart(fence, cursor) {
      return (await restartScript.run(redis, [keys.missionHead()], [fence, cursor])) === 1;
    },
    async totals() {
      const fields = await commands.hgetall(keys.missionTotals());
      return new Map(Object.entries(fields).map(([name, value]) => [name, Number(value)]));
    },
    rejected: (limit) => commands.lrange(keys.missionsRejected(), 0, limit - 1),
  };
};

/** The first place that knows a mission wins: an open one may have ended in an older generation, and been retried. */
const foundIn = (
  ids: readonly string[],
  [open = [], ...ended]: readonly (string | null)[][],
): ReadonlyMap<string, StoredMission> => {
  const found = new Map<string, StoredMission>();
  for (const [index, id] of ids.entries()) {
    let history = open[index] ?? null;
    const isOpen = history !== null;
    for (const generation of ended) history ??= generation[index] ?? null;
    if (history !== null) found.set(id, { isOpen, history });
  }
  return found;
};
