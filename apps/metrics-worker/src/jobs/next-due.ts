import { Cron } from 'croner';

/** The waiting time after so many failures in a row: the interval, doubled from the second failure on, at most five minutes or the interval. */
export const delayAfterFailures = (intervalMs: number, failures: number): number => {
  const longest = Math.max(intervalMs, 300_000);
  return Math.min(longest, intervalMs * 2 ** Math.max(0, Math.min(failures - 1, 20)));
};

/** The first time of `cron` after `afterMs`, Unix milliseconds; null when there is none. */
export const nextCronTime = (cron: string, timezone: string | undefined, afterMs: number): number | null =>
  new Cron(cron, { timezone: timezone ?? 'UTC' }).nextRun(new Date(afterMs))?.getTime() ?? null;
