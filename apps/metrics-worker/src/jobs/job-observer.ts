import type { RunOutcome } from './run-record.ts';

/** Is told what becomes of jobs, to count it. Must not throw. */
export interface JobObserver {
  leaseHeld(jobId: string, isHeld: boolean): void;
  /** This replica has the lease, and another had it before. */
  takenOver(jobId: string): void;
  ran(jobId: string, outcome: RunOutcome, seconds: number): void;
}
