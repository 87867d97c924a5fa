import { setTimeout as delay } from 'node:timers/promises';

/** Time, as the scheduler sees it. */
export interface Clock {
  /** Unix milliseconds; may jump either way. */
  readonly now: () => number;
  /** Milliseconds since some moment; never jumps. */
  elapsed(): number;
  /** Resolves after so long, or as soon as the signal is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** Beyond it a timer fires at once; whoever waits looks at the clock again anyway. */
const maxTimerMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: Date.now,
  elapsed: () => performance.now(),
  async wait(ms, signal) {
    await delay(Math.min(Math.max(0, ms), maxTimerMs), undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  },
};
