import { mergeRollups, rollupSeconds, type RollupBucket } from '@fleet/fleet-store';

import { ProblemError } from '@fleet/service-runtime';

import { windowEndingAt } from '../missions/window-bounds.ts';
import type { RollupReportParts } from './rollup-report.ts';

/** How a metric's means are spread over the robots of the fleet. */
export interface FleetRollup {
  readonly from: number;
  readonly to: number;
  /** Robots with a reading in the window. */
  readonly robots: number;
  /** True when there are more robots than were looked at. */
  readonly is_partial: boolean;
  readonly readings: number;
  readonly min: number | null;
  readonly max: number | null;
  /** Of all readings. */
  readonly mean: number | null;
  /** Of the robots' means, by nearest rank. */
  readonly p5: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
}

export const maxFleetRobots = 10_000;

/** So many buckets are read for one answer: two hours of minutes of that many robots, and some. */
export const maxFleetBuckets = 1_250_000;

/** Windows up to two hours are read from the minutes, longer ones from the hours. */
const longestByMinutes = 7200;

/** Throws a 400 when so long a window of so many robots is more than {@link maxFleetBuckets}. */
export const reportFleetRollup = async (
  { store, now }: RollupReportParts,
  { metric, windowSeconds }: { metric: string; windowSeconds: number },
): Promise<FleetRollup> => {
  const size = windowSeconds > longestByMinutes ? 'hour' : 'minute';
  const step = rollupSeconds[size];
  const bounds = windowEndingAt(now(), windowSeconds);
  const from = Math.floor(bounds.from / step) * step;
  const robots = await store.robotsSince(from, maxFleetRobots + 1);
  const shown = robots.slice(0, maxFleetRobots);
  const starts = Array.from(
    { length: Math.ceil((bounds.to - from) / step) },
    (_, index) => from + index * step,
  );
  if (shown.length * starts.length > maxFleetBuckets) {
    const longest = Math.floor(maxFleetBuckets / shown.length);
    throw new ProblemError(
      400,
      `window: expected at most ${longest} ${size}s of ${shown.length} robots, got ${starts.length}`,
    );
  }
  const rolled: RollupBucket[] = [];
  for (const robotId of shown) {
    const buckets = await store.read(
      metric,
      starts.map((start) => ({ robotId, size, start })),
    );
    const sum = mergeRollups(buckets.filter((bucket) => bucket !== undefined));
    if (sum !== undefined) rolled.push(sum);
  }
  const all = mergeRollups(rolled);
  const means = rolled.map(({ sum, count }) => sum / count).sort((a, b) => a - b);
  const rank = (share: number): number | null =>
    means[Math.max(0, Math.ceil(means.length * share) - 1)] ?? null;
  return {
    from,
    to: bounds.to,
    robots: rolled.length,
    is_partial: robots.length > maxFleetRobots,
    readings: all?.count ?? 0,
    min: all?.min ?? null,
    max: all?.max ?? null,
    mean: all === undefined ? null : all.sum / all.count,
    p5: rank(0.05),
    p50: rank(0.5),
    p95: rank(0.95),
  };
};
