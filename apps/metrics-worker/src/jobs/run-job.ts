import type { Job, RunResult } from './job.ts';
import { LostLeaseError } from './lost-lease-error.ts';
import type { RunOutcome } from './run-record.ts';

/** A run took longer than its job allows. */
export class RunTimeoutError extends Error {
  constructor(jobId: string, timeoutMs: number) {
    super(`a run of ${jobId} took longer than ${timeoutMs} ms and was aborted`);
    this.name = 'RunTimeoutError';
  }
}

/** The service stops while a run is under way. */
export class StoppedError extends Error {
  constructor() {
    super('the service is stopping');
    this.name = 'StoppedError';
  }
}

export type Ran =
  | { readonly outcome: 'completed'; readonly result: RunResult }
  | { readonly outcome: Exclude<RunOutcome, 'completed'>; readonly error: unknown };

/** Runs a job once, to its end or until `ended` or its timeout aborts it. Never throws: a failure is an outcome. */
export const runJob = async (
  job: Job,
  context: { runId: string; fence: number; ended: AbortSignal },
): Promise<Ran> => {
  const { runId, fence, ended } = context;
  const controller = new AbortController();
  const end = (): void => controller.abort(ended.reason);
  if (ended.aborted) end();
  ended.addEventListener('abort', end, { once: true });
  const timer = setTimeout(() => controller.abort(new RunTimeoutError(job.id, job.timeoutMs)), job.timeoutMs);
  try {
    return { outcome: 'completed', result: await job.run({ signal: controller.signal, fence, runId }) };
  } catch (error) {
    return { outcome: outcomeOf(error), error };
  } finally {
    clearTimeout(timer);
    ended.removeEventListener('abort', end);
  }
};

const outcomeOf = (error: unknown): Exclude<RunOutcome, 'completed'> => {
  if (error instanceof LostLeaseError) return 'lost_lease';
  if (error instanceof RunTimeoutError) return 'timed_out';
  return error instanceof StoppedError ? 'aborted' : 'failed';
};
