import type { BucketCounts } from '@fleet/fleet-store';

import { outcomes, type Outcome } from './mission-event.ts';

export type OutcomeCounts = Record<Outcome, number>;

export interface RobotsSummary {
  /** Those with the most ended attempts, most first. */
  readonly top: readonly ({ readonly robot_id: string } & OutcomeCounts)[];
  /** All others together. */
  readonly rest: OutcomeCounts;
}

const none = (): OutcomeCounts => ({ completed: 0, failed: 0, cancelled: 0, lost_connection: 0 });

/** Tells the busiest robots of a window from the rest. */
export const topRobots = (counts: BucketCounts, limit: number): RobotsSummary => {
  const byRobot = new Map<string, OutcomeCounts>();
  for (const [field, count] of counts) {
    const colon = field.indexOf(':');
    const outcome = outcomes.find((each) => each === field.slice(0, colon));
    if (outcome === undefined) continue;
    const robotId = field.slice(colon + 1);
    const robot = byRobot.get(robotId) ?? none();
    robot[outcome] += count;
    byRobot.set(robotId, robot);
  }
  const rest = byRobot.get('*') ?? none();
  byRobot.delete('*');
  const sum = (robot: OutcomeCounts): number =>
    outcomes.reduce((total, outcome) => total + robot[outcome], 0);
  const ranked = [...byRobot]
    .filter(([, robot]) => sum(robot) > 0)
    .sort(([a, x], [b, y]) => sum(y) - sum(x) || (a < b ? -1 : 1));
  for (const [, robot] of ranked.slice(limit)) {
    for (const outcome of outcomes) rest[outcome] += robot[outcome];
  }
  return { top: ranked.slice(0, limit).map(([robot_id, robot]) => ({ robot_id, ...robot })), rest };
};
