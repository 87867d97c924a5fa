import type { RobotRate } from '../admission/index.ts';

/** `notice`: drop the frame and tell the robot, `dropped` counting what was dropped since it was last told. */
export type ThrottleVerdict =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'dropped' }
  | { readonly kind: 'notice'; readonly retryAfterMs: number; readonly dropped: number }
  | { readonly kind: 'abusive' };

const allowed: ThrottleVerdict = { kind: 'allowed' };
const dropped: ThrottleVerdict = { kind: 'dropped' };
const abusive: ThrottleVerdict = { kind: 'abusive' };

/**
 * What happens to a robot over its rate. Until the time it was told to wait is over everything is dropped, even what
 * the rate would allow again: so the robot loses one stretch of its numbers and not every other one.
 */
export class Throttle {
  readonly #rate: RobotRate;
  #blockedUntil = 0;
  #dropped = 0;

  constructor(rate: RobotRate) {
    this.#rate = rate;
  }

  take(bytes: number, nowMs: number): ThrottleVerdict {
    const verdict = this.#rate.take(bytes);
    const isBlocked = nowMs < this.#blockedUntil;
    if (verdict.allowed && !isBlocked) return allowed;
    this.#dropped += 1;
    if (!verdict.allowed && verdict.abusive) return abusive;
    if (verdict.allowed || isBlocked) return dropped;
    const notice = { kind: 'notice', retryAfterMs: verdict.retryAfterMs, dropped: this.#dropped } as const;
    this.#blockedUntil = nowMs + verdict.retryAfterMs;
    this.#dropped = 0;
    return notice;
  }
}
