/**
 * How long to wait after the `failures`-th failure in a row (from 1): full jitter, a random part of a bound that
 * doubles up to a cap. (Exponential Backoff and Jitter, AWS Architecture Blog, 2015.)
 */
export const fullJitterMs = (failures: number, baseMs = 50, capMs = 5_000, random = Math.random): number =>
  random() * Math.min(capMs, baseMs * 2 ** Math.min(failures - 1, 20));
