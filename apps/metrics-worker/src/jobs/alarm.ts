import type { Clock } from './clock.ts';

/** A wait that can be cut short. */
export class Alarm {
  readonly #clock: Clock;
  #waiting: AbortController | undefined;
  #rung = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves after so long, or when it rings; at once if it has rung since the last wait. */
  async wait(ms: number): Promise<void> {
    if (!this.#rung) {
      this.#waiting = new AbortController();
      await this.#clock.wait(ms, this.#waiting.signal);
      this.#waiting = undefined;
    }
    this.#rung = false;
  }

  ring(): void {
    this.#rung = true;
    this.#waiting?.abort();
  }
}
