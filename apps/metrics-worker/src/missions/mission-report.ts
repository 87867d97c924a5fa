import type { MissionHead, MissionStore, MissionStream, MissionWindows } from '@fleet/fleet-store';

import { coverageOf, type Known } from './coverage.ts';
import { entryTimeMs } from './event-time.ts';
import { positionIn } from './snapshot.ts';
import { endedIn, mergeCounts, summarize, type MissionSummary } from './summary.ts';
import { topRobots, type RobotsSummary } from './top-robots.ts';
import { bucketsWithin, windowEndingAt } from './window-bounds.ts';

export interface ReportParts {
  readonly store: MissionStore;
  readonly windows: MissionWindows;
  readonly stream: MissionStream;
  readonly now: () => number;
}

/** How far the numbers are behind the stream. */
export interface Lag {
  readonly lag_entries: number;
  /** Age of the oldest entry that is not counted; 0 when there is none. */
  readonly lag_seconds: number;
}

export interface WindowReport extends MissionSummary, Lag {
  /** Unix seconds. */
  readonly from: number;
  readonly to: number;
  /** Everything up to it is counted, Unix seconds; null before the first run. */
  readonly as_of: number | null;
  readonly coverage: number;
  /** 1, and one more for each minute of the window that was corrected after it had closed. */
  readonly revision: number;
  /** Attempts that ended, per minute of what is covered. */
  readonly throughput_per_minute: number | null;
  readonly in_flight: number;
  readonly robots: RobotsSummary;
  /** Since the counting began. */
  readonly totals: MissionSummary['counts'] & EntryTotals;
}

interface EntryTotals {
  readonly entries_processed: number;
  readonly entries_rejected: number;
  readonly entries_missed: number;
}

const shownRobots = 10;

export const reportWindow = async (parts: ReportParts, windowSeconds: number): Promise<WindowReport> => {
  const { store, windows, now } = parts;
  const nowMs = now();
  const bounds = windowEndingAt(nowMs, windowSeconds);
  const buckets = bucketsWithin(bounds);
  const [head, totals, gaps, counts, robots] = await Promise.all([
    store.head(),
    store.totals(),
    windows.gaps(),
    windows.counts(buckets),
    windows.robots(buckets),
  ]);
  const lag = await lagOf(parts, head, nowMs);
  const merged = mergeCounts(counts);
  const summary = summarize(merged);
  const known = knownOf(head, gaps);
  const coverage = coverageOf(bounds.from * 1000, bounds.to * 1000, known);
  return {
    ...bounds,
    as_of: head.asOfMs === null ? null : head.asOfMs / 1000,
    ...lag,
    coverage,
    revision: 1 + corrections(counts),
    ...summary,
    throughput_per_minute: perMinute(summary, coverage, bounds.to - bounds.from),
    in_flight: totals.get('in_flight') ?? 0,
    robots: topRobots(mergeCounts(robots), shownRobots),
    totals: {
      ...summarize(totals).counts,
      entries_processed: head.processed,
      entries_rejected: head.rejected,
      entries_missed: head.missed,
    },
  };
};

export const knownOf = (head: MissionHead, gaps: Known['gaps']): Known => ({
  fromMs: head.knownFromMs,
  untilMs: head.asOfMs,
  gaps,
});

export const perMinute = (summary: MissionSummary, coverage: number, windowSeconds: number): number | null =>
  coverage === 0 ? null : endedIn(summary) / ((windowSeconds / 60) * coverage);

/** Of minutes each revision but the first, of hours and days what their minutes told them. */
const corrections = (counts: readonly ReadonlyMap<string, number>[]): number =>
  counts.reduce(
    (sum, bucket) => sum + Math.max(0, (bucket.get('revision') ?? 1) - 1) + (bucket.get('corrections') ?? 0),
    0,
  );

/** Compares the stream with the cursor. What was trimmed before it was read counts as behind until a run reports it. */
export const lagOf = async (
  { stream }: Pick<ReportParts, 'stream'>,
  head: MissionHead,
  nowMs: number,
): Promise<Lag> => {
  const facts = await stream.facts();
  const position = positionIn(facts, head);
  if (facts === null || position === 'caught_up' || position === 'absent')
    return { lag_entries: 0, lag_seconds: 0 };
  const cursor = position === 'recreated' ? '0-0' : head.cursor;
  const [oldest] = await stream.read(cursor, '+', 1);
  return {
    lag_entries: position === 'recreated' ? facts.length : Math.max(0, facts.added - head.read),
    lag_seconds: oldest === undefined ? 0 : Math.max(0, nowMs - entryTimeMs(oldest[0], nowMs)) / 1000,
  };
};
