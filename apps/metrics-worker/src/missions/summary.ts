import type { BucketCounts } from '@fleet/fleet-store';

import { percentile } from './histogram.ts';
import { Tally } from './tally.ts';

/**
 * What happened in a window. `retried` are further attempts, `other` entries of unknown types; `abandoned` are missions
 * of which nothing was heard for too long, and whose end nobody knows.
 */
export interface MissionCounts {
  readonly created: number;
  readonly started: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly lost_connection: number;
  readonly abandoned: number;
  readonly retried: number;
  readonly other: number;
}

export interface DurationSummary {
  /** Ended attempts of known duration. */
  readonly count: number;
  readonly mean: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

export interface MissionSummary {
  readonly counts: MissionCounts;
  /** Completed of all that ended and were not cancelled; null when none did. */
  readonly success_rate: number | null;
  readonly duration_ms: DurationSummary;
}

/** Adds up buckets: counters and histograms alike. */
export const mergeCounts = (buckets: Iterable<BucketCounts>): BucketCounts => {
  const sum = new Tally();
  for (const counts of buckets) sum.addAll(counts);
  return new Map(sum);
};

export const summarize = (counts: BucketCounts): MissionSummary => {
  const of = (name: string): number => counts.get(name) ?? 0;
  const judged = of('completed') + of('failed') + of('lost_connection');
  return {
    counts: {
      created: of('created'),
      started: of('started'),
      completed: of('completed'),
      failed: of('failed'),
      cancelled: of('cancelled'),
      lost_connection: of('lost_connection'),
      abandoned: of('abandoned'),
      retried: of('retried'),
      other: of('other'),
    },
    success_rate: judged === 0 ? null : of('completed') / judged,
    duration_ms: summarizeDurations(counts),
  };
};

const summarizeDurations = (counts: BucketCounts): DurationSummary => {
  const histogram = new Map<number, number>();
  for (const [name, count] of counts) {
    if (/^h\d+$/.test(name)) histogram.set(Number(name.slice(1)), count);
  }
  const durations = counts.get('durations') ?? 0;
  return {
    count: durations,
    mean: durations === 0 ? null : (counts.get('duration_ms') ?? 0) / durations,
    p50: percentile(histogram, 0.5),
    p95: percentile(histogram, 0.95),
    p99: percentile(histogram, 0.99),
  };
};

/** Attempts that are known to have ended, however they did. */
export const endedIn = ({ counts }: MissionSummary): number =>
  counts.completed + counts.failed + counts.cancelled + counts.lost_connection;
