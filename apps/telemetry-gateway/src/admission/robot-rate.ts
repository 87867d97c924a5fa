export interface RobotRateSettings {
  /** 0 = no limit. */
  framesPerSecond: number;
  /** 0 = no limit. */
  bytesPerSecond: number;
  /** How long a robot may go on regardless. Default 60 000. */
  abuseAfterMs?: number;
  /** Whole milliseconds that never go back. */
  now?: () => number;
}

export type RateVerdict =
  | { allowed: true }
  | {
      allowed: false;
      retryAfterMs: number;
      /** The robot has been told for a minute and does not listen. */
      abusive: boolean;
    };

export interface RobotRate {
  /** Counts one frame of this size if it may come; a refused one costs nothing. */
  take(bytes: number): RateVerdict;
}

const allowed: RateVerdict = Object.freeze({ allowed: true });

/**
 * What one robot connection may send: frames and bytes, each a token bucket that holds twice its rate. No timers, and
 * nothing is allocated for a frame that may come.
 *
 * A refused robot is told to wait until one second's worth is there again. One that is refused once more within half
 * of that time has not waited; doing so without a break for `abuseAfterMs` is abuse.
 */
export function createRobotRate(settings: RobotRateSettings): RobotRate {
  const { abuseAfterMs = 60_000, now = monotonicMs } = settings;
  const frames = new Bucket(settings.framesPerSecond, now());
  const bytes = new Bucket(settings.bytesPerSecond, now());
  let deafSince: number | undefined;
  let lastRefusedAt = 0;
  let lastRetryAfterMs = 0;

  function refuse(at: number, size: number): RateVerdict {
    if (deafSince === undefined || at - lastRefusedAt >= lastRetryAfterMs / 2) deafSince = at;
    lastRefusedAt = at;
    lastRetryAfterMs = Math.max(1, frames.waitMs(1), bytes.waitMs(size));
    return { allowed: false, retryAfterMs: lastRetryAfterMs, abusive: at - deafSince >= abuseAfterMs };
  }

  return {
    take(size) {
      const at = now();
      frames.refill(at);
      bytes.refill(at);
      if (!frames.holds(1) || !bytes.holds(size)) return refuse(at, size);
      frames.take(1);
      bytes.take(size);
      return allowed;
    },
  };
}

/** Counts in thousandths: a rate per second is then whole thousandths per millisecond, and nothing is ever rounded. */
class Bucket {
  readonly #perMs: number;
  readonly #full: number;
  #credit: number;
  #filledAt: number;

  constructor(ratePerSecond: number, at: number) {
    this.#perMs = ratePerSecond;
    this.#full = ratePerSecond * 2000;
    this.#credit = this.#full;
    this.#filledAt = at;
  }

  refill(at: number): void {
    this.#credit = Math.min(this.#full, this.#credit + (at - this.#filledAt) * this.#perMs);
    this.#filledAt = at;
  }

  /** What is larger than the bucket may come when it is full, and leaves a debt. */
  holds(amount: number): boolean {
    return this.#perMs === 0 || this.#credit >= Math.min(amount * 1000, this.#full);
  }

  take(amount: number): void {
    if (this.#perMs > 0) this.#credit -= amount * 1000;
  }

  /** Until one second's worth is there, or the amount where that is more. */
  waitMs(amount: number): number {
    if (this.#perMs === 0) return 0;
    const wanted = Math.min(this.#full, Math.max(amount * 1000, this.#perMs * 1000));
    return Math.max(0, Math.ceil((wanted - this.#credit) / this.#perMs));
  }
}

function monotonicMs(): number {
  return Math.floor(performance.now());
}
