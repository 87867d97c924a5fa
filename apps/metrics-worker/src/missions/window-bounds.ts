import type { BucketName } from '@fleet/fleet-store';

const minute = 60;
const hour = 3600;
const day = 86_400;

/** A stretch of time, Unix seconds. */
export interface Bounds {
  readonly from: number;
  readonly to: number;
}

/**
 * The window of so many seconds that ends with the minute under way. Beyond a day its beginning is put back to a full
 * hour, beyond 30 days to a full day: older times are not kept more finely.
 */
export const windowEndingAt = (nowMs: number, windowSeconds: number): Bounds => {
  const to = Math.floor(nowMs / 1000 / minute + 1) * minute;
  const grain = windowSeconds > 30 * day ? day : windowSeconds > day ? hour : minute;
  return { from: Math.floor((to - windowSeconds) / grain) * grain, to };
};

/** The fewest buckets that make up a stretch between full minutes. */
export const bucketsWithin = ({ from, to }: Bounds): BucketName[] => {
  const buckets: BucketName[] = [];
  for (let at = from; at < to;) {
    const size =
      at % day === 0 && at + day <= to ? 'day' : at % hour === 0 && at + hour <= to ? 'hour' : 'minute';
    buckets.push({ size, start: at });
    at += { minute, hour, day }[size];
  }
  return buckets;
};
