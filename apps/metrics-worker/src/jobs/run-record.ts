import type { RunResult } from './job.ts';

export const runOutcomes = ['completed', 'failed', 'timed_out', 'aborted', 'lost_lease'] as const;

/** `aborted`: the service stopped. `lost_lease`: another replica took over. */
export type RunOutcome = (typeof runOutcomes)[number];

export const runTriggers = ['schedule', 'request'] as const;

export type RunTrigger = (typeof runTriggers)[number];

/** A run as it is kept and shown. Times are Unix seconds. */
export interface RunRecord {
  readonly run_id: string;
  readonly job_id: string;
  readonly instance: string;
  readonly trigger: RunTrigger;
  readonly started_at: number;
  readonly ended_at?: number;
  readonly duration_ms?: number;
  readonly outcome?: RunOutcome;
  readonly error?: string;
  readonly result?: RunResult;
}
