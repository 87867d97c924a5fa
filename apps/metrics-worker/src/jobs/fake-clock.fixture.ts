import type { Clock } from './clock.ts';

/** A clock that a test moves. What waits is woken in the order of its time. */
export class FakeClock implements Clock {
  #nowMs = Date.parse('2026-01-01T00:00:00Z');
  #elapsedMs = 0;
  readonly #waiting = new Set<{ at: number; wake: () => void }>();

  now(): number {
    return this.#nowMs;
  }

  elapsed(): number {
    return this.#elapsedMs;
  }

  wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.#waiting.delete(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = { at: this.#elapsedMs + ms, wake: end };
      this.#waiting.add(timer);
      if (signal.aborted) end();
      else signal.addEventListener('abort', end);
    });
  }

  /** Lets so much time pass, a second at a time. */
  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      this.#elapsedMs += 1000;
      this.#nowMs += 1000;
      for (const timer of [...this.#waiting].sort((a, b) => a.at - b.at)) {
        if (timer.at <= this.#elapsedMs) timer.wake();
      }
      await settled();
    }
  }

  /** Somebody sets the time of day. */
  jump(seconds: number): void {
    this.#nowMs += seconds * 1000;
  }
}

/** Everything that can go on without time passing has gone on. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
