/** The time between two messages while there is a backlog, in milliseconds: well below the default rate of 200 messages a second. */
const shortestGapMs = 10;
const longestGapMs = 1_000;

/** Nothing a gateway says holds a robot back for longer, in milliseconds. */
const longestPauseMs = 60_000;

/** How fast a backlog goes out: every "too fast" of the gateway doubles the gap between messages, every confirmation narrows it. */
export class Pace {
  #gapMs = shortestGapMs;
  #notBeforeMs = 0;

  /** How long to wait with the next message. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#notBeforeMs - nowMs);
  }

  sent(nowMs: number): void {
    this.#notBeforeMs = Math.max(this.#notBeforeMs, nowMs + this.#gapMs);
  }

  throttled(nowMs: number, retryAfterMs: number): void {
    this.#gapMs = Math.min(longestGapMs, this.#gapMs * 2);
    this.#notBeforeMs = Math.max(this.#notBeforeMs, nowMs + Math.min(longestPauseMs, retryAfterMs));
  }

  confirmed(): void {
    this.#gapMs = Math.max(shortestGapMs, this.#gapMs * 0.95);
  }
}
