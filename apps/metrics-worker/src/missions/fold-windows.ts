import { BucketChange, type WindowChange } from './window-change.ts';

/** How long each size of bucket is kept after its end, in seconds. */
export interface Retention {
  readonly minutesKeptSeconds: number;
  readonly hoursKeptSeconds: number;
  readonly daysKeptSeconds: number;
}

export const bucketSeconds = { minute: 60, hour: 3600, day: 86_400 } as const;

export interface FoldedBucket {
  readonly size: keyof typeof bucketSeconds;
  /** Beginning, Unix seconds. */
  readonly start: number;
  /** Unix seconds. */
  readonly expiresAt: number;
  readonly counts: readonly (readonly [string, number])[];
  readonly robots: readonly (readonly [string, number])[];
}

/** The buckets to change, of every size; what is older than its retention is left alone: its bucket is gone. */
export const foldWindows = (windows: WindowChange, retention: Retention, nowMs: number): FoldedBucket[] => [
  ...kept('minute', windows.minutes, retention.minutesKeptSeconds, nowMs),
  ...kept('hour', coarsen(windows.minutes, bucketSeconds.hour), retention.hoursKeptSeconds, nowMs),
  ...kept('day', coarsen(windows.minutes, bucketSeconds.day), retention.daysKeptSeconds, nowMs),
];

/** The sum over all time. */
export const sumOf = (windows: WindowChange): Iterable<readonly [string, number]> => {
  const all = new BucketChange();
  for (const minute of windows.minutes.values()) all.add(minute);
  return all.counts();
};

const coarsen = (
  minutes: ReadonlyMap<number, BucketChange>,
  seconds: number,
): ReadonlyMap<number, BucketChange> => {
  const coarse = new Map<number, BucketChange>();
  for (const [minute, change] of minutes) {
    const start = Math.floor(minute / seconds) * seconds;
    let bucket = coarse.get(start);
    if (bucket === undefined) coarse.set(start, (bucket = new BucketChange()));
    bucket.add(change);
  }
  return coarse;
};

const kept = (
  size: FoldedBucket['size'],
  buckets: ReadonlyMap<number, BucketChange>,
  keptSeconds: number,
  nowMs: number,
): FoldedBucket[] => {
  const folded: FoldedBucket[] = [];
  for (const [start, change] of buckets) {
    const expiresAt = start + bucketSeconds[size] + keptSeconds;
    if (expiresAt * 1000 <= nowMs) continue;
    const [counts, robots] = [change.counts(), change.robots()];
    if (counts.length + robots.length > 0) folded.push({ size, start, expiresAt, counts, robots });
  }
  return folded;
};
