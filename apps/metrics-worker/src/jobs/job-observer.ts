import type { RunOutcome } from './run-record.ts';

/** Is told what becomes of jobs, to count it. Must not throw. */
export interface JobObserver {
  /** This replica has the lease until then, by the clock's `elapsed`, and no longer unless it says so again. */
  leased(jobId: string, untilMs: number): void;
  /** It gives the lease away, or another has it. */
  leaseEnded(jobId: string): void;
  /** This replica has the lease, and another had it before. */
  takenOver(jobId: string): void;
  ran(jobId: string, outcome: RunOutcome, seconds: number): void;
}
