import { context, ROOT_CONTEXT } from '@opentelemetry/api';

/** Between the end of one round and the beginning of the next. */
export interface Pace {
  readonly minGapMs: number;
  readonly maxGapMs: number;
}

const gapPerDuration = 4;

/**
 * Runs one round of work at a time, soon after it is asked for. The longer a round takes, the longer the pause before
 * the next, so that rounds take at most a fifth of the time and grow instead of becoming more.
 */
export class PacedRounds {
  readonly #round: () => Promise<void>;
  readonly #pace: Pace;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  /** True before there is a promise: a round may ask for the next one at once. */
  #isRunning = false;
  #wanted = false;
  #nextAt = 0;

  /** @param round must not reject */
  constructor(round: () => Promise<void>, pace: Pace) {
    this.#round = round;
    this.#pace = pace;
  }

  request(): void {
    if (this.#isRunning) this.#wanted = true;
    else this.#timer ??= setTimeout(() => void this.#run(), Math.max(0, this.#nextAt - performance.now()));
  }

  /** Runs what is asked for without a pause, and ends when a round that began after this call has ended. */
  async flush(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    await this.#run();
  }

  #run(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#wanted = false;
    const startedAt = performance.now();
    this.#isRunning = true;
    // A round is for everybody, not a part of the trace of whoever asked for it first.
    this.#running = context.with(ROOT_CONTEXT, this.#round).finally(() => {
      const { minGapMs, maxGapMs } = this.#pace;
      const tookMs = performance.now() - startedAt;
      this.#isRunning = false;
      this.#running = undefined;
      this.#nextAt = performance.now() + Math.min(maxGapMs, Math.max(minGapMs, gapPerDuration * tookMs));
      if (this.#wanted) this.request();
    });
    return this.#running;
  }
}
