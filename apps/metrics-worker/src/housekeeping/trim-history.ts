import { knownRobots, trimHistories, type FleetRedis, type HistoryLimits } from '@fleet/fleet-store';

import type { Job } from '../jobs/job.ts';

export interface TrimHistoryParts {
  readonly redis: FleetRedis;
  readonly limits: HistoryLimits;
  /** Unix milliseconds. */
  readonly now: () => number;
}

const robotsPerStep = 100;

/**
 * Trims the telemetry of robots that no longer send: the gateways trim a robot's history whenever they write to it, and
 * otherwise it would keep what is too old, and what limits of an earlier day allowed, until all of it expires.
 */
export const trimHistoryJob = ({ redis, limits, now }: TrimHistoryParts): Job => ({
  id: 'trim_history',
  schedule: { cron: '17 * * * *' },
  timeoutMs: 600_000,
  async run({ signal }) {
    let [looked, removed] = [0, 0];
    for (let after: string | undefined; ;) {
      signal.throwIfAborted();
      const robots = await knownRobots(redis, after, robotsPerStep);
      removed += await trimHistories(redis, robots, limits, now() / 1000);
      looked += robots.length;
      if (robots.length < robotsPerStep) return { robots_looked_at: looked, readings_removed: removed };
      after = robots.at(-1);
    }
  },
});
