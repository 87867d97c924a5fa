/** When a job runs: so many seconds after its last run began, or at the times of a cron expression. */
export type Schedule =
  | { readonly everySeconds: number }
  | {
      readonly cron: string;
      /** IANA name; UTC unless given. */
      readonly timezone?: string;
    };

/** Numbers and words about a run, shown in its record. */
export type RunResult = Readonly<Record<string, number | string | boolean>>;

export interface JobContext {
  /** Aborted when the run has taken too long, its lease is lost or the service stops. */
  readonly signal: AbortSignal;
  /** Goes with every write: a newer holder's is greater. */
  readonly fence: number;
  readonly runId: string;
}

/** A declaration: adding a job is adding one of these. */
export interface Job {
  /** As in subjects and URLs: see `entityIdPattern`. */
  readonly id: string;
  readonly schedule: Schedule;
  /** A run that takes longer is aborted and has failed. */
  readonly timeoutMs: number;
  /** Each scheduled run is put off by up to so much, at random; 0 unless given. */
  readonly jitterMs?: number;
  run(context: JobContext): Promise<RunResult>;
}
