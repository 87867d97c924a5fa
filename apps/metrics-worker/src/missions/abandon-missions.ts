import type { OverdueMissions, StoredMission } from '@fleet/fleet-store';

import { LostLeaseError } from '../jobs/lost-lease-error.ts';
import { AggregationRun, type AggregationParts } from './aggregation-run.ts';
import { decodeHistory } from './encode-history.ts';
import type { Happening } from './mission-history.ts';

const missionsPerStep = 500;

/** The last thing that is known of a mission happened then, Unix milliseconds. */
export const lastHappenedMs = (history: string): number => decodeHistory(history).at(-1)?.atMs ?? 0;

/** Those of the missions that are under way and of which nothing was heard for so long, as what happens to them. */
export const abandonedOf = (
  missions: ReadonlyMap<string, StoredMission>,
  maxAgeMs: number,
  asOfMs: number,
): ReadonlyMap<string, readonly Happening[]> => {
  const abandoned = new Map<string, readonly Happening[]>();
  for (const [missionId, { isOpen, history }] of missions) {
    const atMs = lastHappenedMs(history) + maxAgeMs;
    if (isOpen && atMs <= asOfMs) abandoned.set(missionId, [{ kind: 'abandoned', atMs, robotId: undefined }]);
  }
  return abandoned;
};

/**
 * Gives up missions that are marked as overdue and still are. Each step is applied like a batch of entries, under the
 * same fence and without moving the cursor; and since a history is a set, a step that is repeated changes nothing.
 * Answers how many were given up.
 */
export const abandonMissions = async (
  parts: AggregationParts,
  overdue: Pick<OverdueMissions, 'marked' | 'unmark'>,
  { fence, signal, maxAgeMs }: { fence: number; signal: AbortSignal; maxAgeMs: number },
): Promise<number> => {
  const { store, now } = parts;
  let sum = 0;
  for (;;) {
    const ids = await overdue.marked(missionsPerStep);
    if (ids.length === 0) return sum;
    signal.throwIfAborted();
    const head = await store.begin(fence);
    const stored = head && (await store.missions(ids, head.generation, head.cursor));
    if (head === null || stored === null) throw new LostLeaseError();
    const asOfMs = head.asOfMs ?? 0;
    const missions = abandonedOf(stored, maxAgeMs, asOfMs);
    if (missions.size > 0) {
      const batch = { entries: 0, lastId: head.cursor, missions, unattributed: [], rejected: [], retimed: 0 };
      const run = new AggregationRun(parts, head, fence);
      const begun = { batch, judged: Promise.resolve(batch), nowMs: now(), stored: Promise.resolve(stored) };
      await run.applyLast(begun, null, asOfMs);
      await run.settle();
      run.throwIfFailed();
    }
    await overdue.unmark(ids);
    sum += missions.size;
  }
};
