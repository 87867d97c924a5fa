/** What a robot's readings of one metric came to in one bucket. */
export interface RollupBucket {
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  readonly count: number;
  /** The reading that was recorded last, and when, Unix milliseconds. */
  readonly last: number;
  readonly lastAtMs: number;
}

/** As the script packs it: six little-endian doubles, 48 bytes. */
export const decodeRollup = (packed: Buffer): RollupBucket => ({
  min: packed.readDoubleLE(0),
  max: packed.readDoubleLE(8),
  sum: packed.readDoubleLE(16),
  count: packed.readDoubleLE(24),
  last: packed.readDoubleLE(32),
  lastAtMs: packed.readDoubleLE(40),
});

/** Adds up buckets of the same metric; undefined when there are none. */
export const mergeRollups = (buckets: readonly RollupBucket[]): RollupBucket | undefined => {
  const [first, ...rest] = buckets;
  if (first === undefined) return undefined;
  return rest.reduce((sum, next) => {
    const newer = next.lastAtMs > sum.lastAtMs ? next : sum;
    return {
      min: Math.min(sum.min, next.min),
      max: Math.max(sum.max, next.max),
      sum: sum.sum + next.sum,
      count: sum.count + next.count,
      last: newer.last,
      lastAtMs: newer.lastAtMs,
    };
  }, first);
};
