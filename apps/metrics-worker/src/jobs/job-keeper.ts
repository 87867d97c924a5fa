import type { JobStore } from '@fleet/fleet-store';

import { Alarm } from './alarm.ts';
import type { Clock } from './clock.ts';
import { recallDue, type Due } from './due.ts';
import type { Job } from './job.ts';
import type { JobObserver } from './job-observer.ts';
import { LostLeaseError } from './lost-lease-error.ts';
import { runJob, StoppedError } from './run-job.ts';
import type { RunOutcome, RunRecord, RunTrigger } from './run-record.ts';

export interface JobKeeperParts {
  readonly store: JobStore;
  readonly clock: Clock;
  readonly observer: JobObserver;
  readonly log: Record<'debug' | 'info' | 'warn' | 'error', (fields: object, message: string) => void>;
  /** Names this replica in leases and records. */
  readonly holder: string;
  /** How long a holder that says nothing keeps the lease. */
  readonly leaseMs: number;
  readonly random: () => number;
}

/** The clock of the day may be put forward: a wait for a time of day looks at it this often. */
const lookMs = 15_000;

/** Keeps one job: waits for its lease, and runs it when it is due for as long as the lease is held. */
export class JobKeeper {
  readonly #job: Job;
  readonly #parts: JobKeeperParts;
  readonly #stopped = new AbortController();
  readonly #alarm: Alarm;
  #isAsked = false;
  #isHeld = false;
  #kept: Promise<void> | undefined;

  constructor(job: Job, parts: JobKeeperParts) {
    this.#job = job;
    this.#parts = parts;
    this.#alarm = new Alarm(parts.clock);
  }

  get job(): Job {
    return this.#job;
  }

  start(): void {
    this.#kept ??= this.#keep();
  }

  /** Has the job run as soon as no run is under way, by whichever replica holds the lease. Rejects while Redis is away. */
  async ask(): Promise<void> {
    if (this.#isHeld) this.#beAsked();
    else await this.#parts.store.ask(this.#job.id);
  }

  /** Whatever it waits for, it looks again at once. */
  wake(): void {
    this.#alarm.ring();
  }

  /** Aborts the run under way, waits for it and gives the lease away. */
  async stop(): Promise<void> {
    this.#stopped.abort(new StoppedError());
    this.#alarm.ring();
    await this.#kept;
  }

  async #keep(): Promise<void> {
    const { store, clock, holder, leaseMs, log, random } = this.#parts;
    while (!this.#stopped.signal.aborted) {
      const askedAt = clock.elapsed();
      const lease = await store.acquire(this.#job.id, holder, leaseMs).catch((error: unknown) => {
        log.debug({ job: this.#job.id, err: error }, 'lease cannot be asked for');
        return null;
      });
      if (lease === null) await this.#alarm.wait((leaseMs / 4) * (0.5 + random()));
      else await this.#hold(lease.fence, lease.before, askedAt + leaseMs);
    }
  }

  async #hold(fence: number, before: string | null, untilMs: number): Promise<void> {
    const { store, holder, observer, log } = this.#parts;
    const { id } = this.#job;
    if (before !== null && before !== holder) observer.takenOver(id);
    log.info({ job: id, fence, before }, 'lease of the job acquired');
    const ended = new AbortController();
    const end = (): void => ended.abort(this.#stopped.signal.reason);
    this.#stopped.signal.addEventListener('abort', end, { once: true });
    if (this.#stopped.signal.aborted) end();
    this.#isHeld = true;
    observer.leased(id, untilMs);
    const renewing = this.#renew(fence, ended);
    try {
      await this.#runWhileHeld(fence, ended.signal);
    } finally {
      this.#isHeld = false;
      this.#stopped.signal.removeEventListener('abort', end);
      ended.abort();
      await renewing;
      observer.leaseEnded(id);
      await store.release(id, fence).catch(() => undefined);
    }
  }

  /**
   * An unanswered renewal loses nothing: every write carries the fence, so only a clear "lost" ends the holding. Past its
   * time the lease is not told as held, though, until it is renewed after all.
   */
  async #renew(fence: number, ended: AbortController): Promise<void> {
    const { store, clock, leaseMs, log, observer } = this.#parts;
    for (;;) {
      await clock.wait(leaseMs / 3, ended.signal);
      if (ended.signal.aborted) return;
      const askedAt = clock.elapsed();
      const answer = await store.renew(this.#job.id, fence, leaseMs).catch((error: unknown) => {
        log.debug({ job: this.#job.id, err: error }, 'lease cannot be renewed');
        return 'unanswered' as const;
      });
      if (answer === 'unanswered') continue;
      if (answer === 'asked') this.#beAsked();
      if (answer !== 'lost') {
        observer.leased(this.#job.id, askedAt + leaseMs);
        continue;
      }
      log.warn({ job: this.#job.id, fence }, 'lease of the job lost');
      ended.abort(new LostLeaseError());
      this.#alarm.ring();
      return;
    }
  }

  async #runWhileHeld(fence: number, ended: AbortSignal): Promise<void> {
    const due = await this.#recallDue(ended);
    if (due === undefined) return;
    const jitter = (): number => (this.#job.jitterMs ?? 0) * this.#parts.random();
    let jitterMs = jitter();
    let failures = 0;
    while (!ended.aborted) {
      const dueMs = due.inMs();
      if (!this.#isAsked && (dueMs > 0 || jitterMs > 0)) {
        await this.#alarm.wait(dueMs > 0 ? Math.min(dueMs, lookMs) : jitterMs);
        if (dueMs === 0) jitterMs = 0;
        continue;
      }
      const trigger = this.#isAsked ? 'request' : 'schedule';
      this.#isAsked = false;
      due.begin();
      const outcome = await this.#run(fence, ended, trigger, due);
      // Whatever the lease says, a newer holder has written: with this fence nothing can be written any more.
      if (outcome === 'lost_lease') return;
      failures = outcome === 'completed' ? 0 : failures + 1;
      due.end(failures);
      jitterMs = jitter();
    }
  }

  async #recallDue(ended: AbortSignal): Promise<Due | undefined> {
    const { store, clock, log } = this.#parts;
    while (!ended.aborted) {
      try {
        return await recallDue(this.#job, store, clock);
      } catch (error) {
        log.debug({ job: this.#job.id, err: error }, 'schedule of the job cannot be read');
        await this.#alarm.wait(1000);
      }
    }
    return undefined;
  }

  async #run(fence: number, ended: AbortSignal, trigger: RunTrigger, due: Due): Promise<RunOutcome> {
    const { clock, holder, log, observer } = this.#parts;
    const { id } = this.#job;
    const begunAt = clock.elapsed();
    const record: RunRecord = {
      run_id: crypto.randomUUID(),
      job_id: id,
      instance: holder,
      trigger,
      started_at: clock.now() / 1000,
    };
    await this.#recordBegin(record, due);
    const ran = await runJob(this.#job, { runId: record.run_id, fence, ended });
    const durationMs = clock.elapsed() - begunAt;
    observer.ran(id, ran.outcome, durationMs / 1000);
    if (ran.outcome === 'completed') log.debug({ job: id, ...ran.result }, 'run completed');
    else if (ran.outcome === 'aborted') log.info({ job: id }, 'run aborted: the service stops');
    else log.error({ job: id, outcome: ran.outcome, err: ran.error }, 'run failed');
    await this.#recordEnd({
      ...record,
      ended_at: clock.now() / 1000,
      duration_ms: Math.round(durationMs * 1000) / 1000,
      outcome: ran.outcome,
      ...(ran.outcome === 'completed' ? { result: ran.result } : { error: messageOf(ran.error) }),
    });
    return ran.outcome;
  }

  async #recordBegin(record: RunRecord, { settledMs }: Due): Promise<void> {
    const { store, log } = this.#parts;
    const { id, schedule } = this.#job;
    try {
      const intervalMs = 'everySeconds' in schedule ? schedule.everySeconds * 1000 : undefined;
      await store.begun(id, JSON.stringify(record), intervalMs);
      if (settledMs !== undefined) await store.settle(id, settledMs);
    } catch (error) {
      log.debug({ job: id, err: error }, 'beginning of the run cannot be recorded');
    }
  }

  async #recordEnd(record: RunRecord): Promise<void> {
    const { store, log } = this.#parts;
    try {
      await store.ended(this.#job.id, JSON.stringify(record));
    } catch (error) {
      log.warn({ job: this.#job.id, err: error, record }, 'end of the run cannot be recorded');
    }
  }

  #beAsked(): void {
    this.#isAsked = true;
    this.#alarm.ring();
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
