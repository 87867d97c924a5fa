import type { Job } from './job.ts';
import { JobKeeper, type JobKeeperParts } from './job-keeper.ts';

/** Runs jobs: each on one replica at a time, never twice at once, different ones on different replicas. */
export interface Scheduler {
  readonly jobs: readonly Job[];
  /** Asks for a run; false for a job that is not known. Rejects while Redis is away. */
  ask(jobId: string): Promise<boolean>;
  /** The store is back: whatever waits to ask it again asks now. */
  wake(): void;
  /** Aborts the runs under way, waits for them, and gives the leases away. */
  stop(): Promise<void>;
}

export const startScheduler = (jobs: readonly Job[], parts: JobKeeperParts): Scheduler => {
  const keepers = new Map(jobs.map((job) => [job.id, new JobKeeper(job, parts)]));
  for (const keeper of keepers.values()) keeper.start();
  return {
    jobs,
    async ask(jobId) {
      const keeper = keepers.get(jobId);
      await keeper?.ask();
      return keeper !== undefined;
    },
    wake() {
      for (const keeper of keepers.values()) keeper.wake();
    },
    async stop() {
      await Promise.all([...keepers.values()].map((keeper) => keeper.stop()));
    },
  };
};
