import type { JobStore } from '@fleet/fleet-store';

import type { Clock } from './clock.ts';
import type { RunRecord } from './run-record.ts';

/** What Redis keeps of jobs, for one job and by the clock of a test. */
export class MemoryJobStore implements JobStore {
  readonly ends: RunRecord[] = [];
  isAway = false;
  isAsked = false;
  readonly #clock: Clock;
  #holder: string | null = null;
  #fence = 0;
  #leaseUntil: number | undefined;
  #recentUntil = 0;
  #settled: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Another replica takes the lease. */
  steal(): void {
    this.#fence += 1;
    this.#leaseUntil = Infinity;
  }

  acquire: JobStore['acquire'] = async (_job, holder, ttlMs) => {
    await this.#answer();
    if ((this.#leaseUntil ?? 0) > this.#clock.elapsed()) return null;
    const before = this.#holder;
    this.#holder = holder;
    this.#leaseUntil = this.#clock.elapsed() + ttlMs;
    return { fence: (this.#fence += 1), before };
  };

  renew: JobStore['renew'] = async (_job, fence, ttlMs) => {
    await this.#answer();
    if (fence !== this.#fence) return 'lost';
    this.#leaseUntil = this.#clock.elapsed() + ttlMs;
    const wasAsked = this.isAsked;
    this.isAsked = false;
    return wasAsked ? 'asked' : 'held';
  };

  release: JobStore['release'] = async (_job, fence) => {
    await this.#answer();
    if (fence === this.#fence) this.#leaseUntil = undefined;
  };

  ask: JobStore['ask'] = async () => {
    await this.#answer();
    this.isAsked = true;
  };

  begun: JobStore['begun'] = async (_job, _run, intervalMs) => {
    await this.#answer();
    this.#recentUntil = this.#clock.elapsed() + (intervalMs ?? 0);
  };

  dueInMs: JobStore['dueInMs'] = async () => {
    await this.#answer();
    return Math.max(0, this.#recentUntil - this.#clock.elapsed());
  };

  settledUntil: JobStore['settledUntil'] = async () => {
    await this.#answer();
    return this.#settled;
  };

  settle: JobStore['settle'] = async (_job, untilMs) => {
    await this.#answer();
    this.#settled = untilMs;
  };

  ended: JobStore['ended'] = async (_job, run) => {
    await this.#answer();
    this.ends.push(JSON.parse(run) as RunRecord);
  };

  runs: JobStore['runs'] = async () => {
    await this.#answer();
    return { running: null, ended: [] };
  };

  async #answer(): Promise<void> {
    await Promise.resolve();
    if (this.isAway) throw new Error('the store is away');
  }
}
