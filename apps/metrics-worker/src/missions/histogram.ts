/**
 * A log-linear histogram of durations, as HdrHistogram has it: 64 steps per power of two, so a value is known to within
 * 0.8 %. Two histograms are merged by adding the counts of the same steps.
 */
export type Histogram = ReadonlyMap<number, number>;

const steps = 64;
const maxMs = 2 ** 40;

/** The step a duration falls into; durations end at 34 years. */
export const stepOf = (durationMs: number): number => {
  const value = Math.min(Math.max(Math.round(durationMs), 0), maxMs);
  if (value < 2 * steps) return value;
  const shift = Math.floor(Math.log2(value)) - 6;
  return shift * steps + Math.floor(value / 2 ** shift);
};

/** The middle of a step, in milliseconds. */
export const valueOf = (step: number): number => {
  if (step < 2 * steps) return step;
  const shift = Math.floor(step / steps) - 1;
  return (step - shift * steps) * 2 ** shift + 2 ** (shift - 1);
};

/** The smallest recorded value that `share` (0 to 1) of all values do not exceed (nearest rank); null when there are none. */
export const percentile = (histogram: Histogram, share: number): number | null => {
  const recorded = [...histogram].filter(([, count]) => count > 0).sort(([a], [b]) => a - b);
  const total = recorded.reduce((sum, [, count]) => sum + count, 0);
  let rank = Math.max(1, Math.ceil(total * share));
  for (const [step, count] of recorded) {
    rank -= count;
    if (rank <= 0) return valueOf(step);
  }
  return null;
};
