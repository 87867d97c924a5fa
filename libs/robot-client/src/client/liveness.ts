/** A gateway that has said nothing for so many of its heartbeat intervals is gone, whatever the network pretends. */
const silentIntervals = 2.5;

/** A timer of more than about 24 days would fire at once. */
const longestMs = 86_400_000;

/** Watches for signs of life; nothing is scheduled per sign. */
export class Liveness {
  readonly #limitMs: number;
  readonly #died: () => void;
  /** Whether silence means anything now. */
  readonly #matters: () => boolean;
  #heardAtMs: number;
  #timer: ReturnType<typeof setTimeout>;

  constructor(heartbeatIntervalMs: number, matters: () => boolean, died: () => void) {
    this.#limitMs = Math.min(longestMs, heartbeatIntervalMs * silentIntervals);
    this.#matters = matters;
    this.#died = died;
    this.#heardAtMs = performance.now();
    this.#timer = setTimeout(() => this.#look(), this.#limitMs);
  }

  heard(): void {
    this.#heardAtMs = performance.now();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    if (!this.#matters()) this.heard();
    const leftMs = this.#heardAtMs + this.#limitMs - performance.now();
    if (leftMs <= 0) this.#died();
    else this.#timer = setTimeout(() => this.#look(), leftMs);
  }
}
