import type { MissionStore, OverdueMissions } from '@fleet/fleet-store';

import type { Job } from '../jobs/job.ts';
import { lastHappenedMs } from '../missions/abandon-missions.ts';

export interface MarkOverdueMissionsParts {
  readonly store: Pick<MissionStore, 'head'>;
  readonly overdue: Pick<OverdueMissions, 'open' | 'mark'>;
  readonly maxAgeSeconds: number;
}

const missionsPerPage = 500;

/** A mission is found so much later than it is overdue, at most. */
const longestIntervalSeconds = 3600;

/**
 * Looks through the missions under way and marks those of which nothing was heard for too long. The aggregation, which
 * alone writes what is counted, gives them up in its next run.
 */
export const markOverdueMissionsJob = ({ store, overdue, maxAgeSeconds }: MarkOverdueMissionsParts): Job => ({
  id: 'mark_overdue_missions',
  schedule: { everySeconds: Math.min(longestIntervalSeconds, maxAgeSeconds) },
  timeoutMs: 600_000,
  async run({ signal }) {
    // What is not counted yet may tell of the mission's end: age is measured up to what is.
    const { asOfMs } = await store.head();
    const bound = (asOfMs ?? 0) - maxAgeSeconds * 1000;
    let [looked, marked] = [0, 0];
    for (let from: string | null = null; ;) {
      signal.throwIfAborted();
      const page = await overdue.open(from, missionsPerPage);
      const old = page.missions.filter(([, history]) => lastHappenedMs(history) <= bound);
      await overdue.mark(old.map(([missionId]) => missionId));
      looked += page.missions.length;
      marked += old.length;
      if (page.next === null) return { missions_looked_at: looked, missions_marked: marked };
      from = page.next;
    }
  },
});
