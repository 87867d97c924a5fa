import {
  mergeRollups,
  rollupSeconds,
  type RollupBucket,
  type RollupSize,
  type RollupStore,
} from '@fleet/fleet-store';

import { windowEndingAt } from '../missions/window-bounds.ts';

export interface RollupReportParts {
  readonly store: RollupStore;
  readonly now: () => number;
}

/** One step; everything is null where there was no reading. */
export interface RollupPoint {
  /** Beginning, Unix seconds. */
  readonly at: number;
  readonly count: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  readonly last: number | null;
}

export interface RobotRollup {
  readonly from: number;
  readonly to: number;
  readonly step_seconds: number;
  readonly points: readonly RollupPoint[];
}

/** Minutes are kept for a day; steps of whole hours are read from the hours. */
export const rollupSizeFor = (windowSeconds: number, stepSeconds: number): RollupSize =>
  stepSeconds % 3600 === 0 || windowSeconds > 86_400 ? 'hour' : 'minute';

export const reportRobotRollup = async (
  { store, now }: RollupReportParts,
  request: { robotId: string; metric: string; windowSeconds: number; stepSeconds: number },
): Promise<RobotRollup> => {
  const { robotId, metric, windowSeconds, stepSeconds } = request;
  const size = rollupSizeFor(windowSeconds, stepSeconds);
  const bounds = windowEndingAt(now(), windowSeconds);
  const from = Math.floor(bounds.from / stepSeconds) * stepSeconds;
  const to = Math.ceil(bounds.to / stepSeconds) * stepSeconds;
  const perStep = stepSeconds / rollupSeconds[size];
  const starts = Array.from(
    { length: (to - from) / rollupSeconds[size] },
    (_, index) => from + index * rollupSeconds[size],
  );
  const buckets = await store.read(
    metric,
    starts.map((start) => ({ robotId, size, start })),
  );
  const points = Array.from({ length: (to - from) / stepSeconds }, (_, index) =>
    pointOf(from + index * stepSeconds, buckets.slice(index * perStep, (index + 1) * perStep)),
  );
  return { from, to, step_seconds: stepSeconds, points };
};

const pointOf = (at: number, buckets: readonly (RollupBucket | undefined)[]): RollupPoint => {
  const sum = mergeRollups(buckets.filter((bucket) => bucket !== undefined));
  if (sum === undefined) return { at, count: 0, min: null, max: null, mean: null, last: null };
  const { min, max, count, last } = sum;
  return { at, count, min, max, mean: sum.sum / count, last };
};
