import { coverageOf } from './coverage.ts';
import { knownOf, perMinute, type ReportParts } from './mission-report.ts';
import { mergeCounts, summarize, type MissionSummary } from './summary.ts';
import { bucketsWithin, windowEndingAt } from './window-bounds.ts';

/** One step of a series. Where nothing is known (`coverage` 0), everything but the time is null: a gap in the plot. */
export interface SeriesPoint {
  /** Beginning of the step, Unix seconds. */
  readonly at: number;
  readonly coverage: number;
  readonly counts: MissionSummary['counts'] | null;
  readonly success_rate: number | null;
  readonly duration_ms: MissionSummary['duration_ms'] | null;
  readonly throughput_per_minute: number | null;
}

export interface Series {
  readonly from: number;
  readonly to: number;
  readonly step_seconds: number;
  readonly as_of: number | null;
  readonly points: readonly SeriesPoint[];
}

/** Steps of `stepSeconds` (a whole number of minutes) from the window's beginning on; the last one may go beyond now. */
export const reportSeries = async (
  { store, windows, now }: ReportParts,
  windowSeconds: number,
  stepSeconds: number,
): Promise<Series> => {
  const { from, to } = alignedTo(stepSeconds, windowEndingAt(now(), windowSeconds));
  const steps = Array.from(
    { length: Math.ceil((to - from) / stepSeconds) },
    (_, index) => from + index * stepSeconds,
  );
  const buckets = steps.map((at) => bucketsWithin({ from: at, to: at + stepSeconds }));
  const [head, gaps, counts] = await Promise.all([
    store.head(),
    windows.gaps(),
    windows.counts(buckets.flat()),
  ]);
  const known = knownOf(head, gaps);
  let next = 0;
  const points = steps.map((at, index): SeriesPoint => {
    const size = buckets[index]?.length ?? 0;
    const merged = mergeCounts(counts.slice(next, (next += size)));
    const coverage = coverageOf(at * 1000, (at + stepSeconds) * 1000, known);
    const summary = summarize(merged);
    const isUnknown = coverage === 0 && merged.size === 0;
    return isUnknown
      ? { at, coverage, counts: null, success_rate: null, duration_ms: null, throughput_per_minute: null }
      : { at, coverage, ...summary, throughput_per_minute: perMinute(summary, coverage, stepSeconds) };
  });
  return {
    from,
    to,
    step_seconds: stepSeconds,
    as_of: head.asOfMs === null ? null : head.asOfMs / 1000,
    points,
  };
};

/** Steps begin at multiples of themselves, so that the same plot has the same points a minute later. */
const alignedTo = (stepSeconds: number, { from, to }: { from: number; to: number }) => ({
  from: Math.floor(from / stepSeconds) * stepSeconds,
  to: Math.ceil(to / stepSeconds) * stepSeconds,
});
