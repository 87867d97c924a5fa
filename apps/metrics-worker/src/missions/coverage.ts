import type { MissionGap } from '@fleet/fleet-store';

/** What is known of the time line, Unix milliseconds. */
export interface Known {
  readonly fromMs: number | null;
  readonly untilMs: number | null;
  readonly gaps: readonly MissionGap[];
}

/**
 * The share of a window of which every entry is counted: the part between the first thing known and the last thing
 * counted, less the stretches of which entries were trimmed unread. 0 to 1.
 */
export const coverageOf = (startMs: number, endMs: number, { fromMs, untilMs, gaps }: Known): number => {
  if (fromMs === null || untilMs === null) return 0;
  const start = Math.max(startMs, fromMs);
  const end = Math.min(endMs, untilMs);
  if (end <= start) return 0;
  let missing = 0;
  let coveredTo = start;
  for (const gap of [...gaps].sort((a, b) => a.fromMs - b.fromMs)) {
    const from = Math.max(gap.fromMs, coveredTo);
    const to = Math.min(gap.toMs, end);
    if (to <= from) continue;
    missing += to - from;
    coveredTo = to;
  }
  return (end - start - missing) / (endMs - startMs);
};
