import type { JobStore } from '@fleet/fleet-store';

import type { Clock } from './clock.ts';
import type { Job } from './job.ts';
import { delayAfterFailures, nextCronTime } from './next-due.ts';

/** When the next run of a job is due. */
export interface Due {
  /** Milliseconds to go, as known now; never below 0. */
  inMs(): number;
  /** A run begins: whatever was missed until now is caught up with it, once. */
  begin(): void;
  /** A run has ended, after so many failures in a row. */
  end(failures: number): void;
  /** Up to when the times of a cron expression are settled, Unix milliseconds. */
  readonly settledMs?: number;
}

/** Takes over where the last holder of the job left off. Rejects while the store is away. */
export const recallDue = async (job: Job, store: JobStore, clock: Clock): Promise<Due> => {
  const { schedule } = job;
  if ('everySeconds' in schedule) {
    return intervalDue(schedule.everySeconds * 1000, await store.dueInMs(job.id), clock);
  }
  const settled = await store.settledUntil(job.id);
  if (settled === null) await store.settle(job.id, clock.now());
  return cronDue(schedule.cron, schedule.timezone, settled ?? clock.now(), clock);
};

/** By a clock that never jumps, from the beginning of one run to the beginning of the next. */
const intervalDue = (intervalMs: number, firstInMs: number, clock: Clock): Due => {
  let begunAt = clock.elapsed();
  let dueAt = begunAt + Math.min(firstInMs, intervalMs);
  return {
    inMs: () => Math.max(0, dueAt - clock.elapsed()),
    begin() {
      begunAt = clock.elapsed();
    },
    end(failures) {
      dueAt = begunAt + delayAfterFailures(intervalMs, failures);
    },
  };
};

/** By the time of day. A time is settled once, even if the clock is put back and passes it again. */
const cronDue = (cron: string, timezone: string | undefined, settledMs: number, clock: Clock): Due => {
  let settled = settledMs;
  return {
    inMs: () => Math.max(0, (nextCronTime(cron, timezone, settled) ?? Infinity) - clock.now()),
    begin() {
      settled = Math.max(settled, clock.now());
    },
    end: () => undefined,
    get settledMs() {
      return settled;
    },
  };
};
