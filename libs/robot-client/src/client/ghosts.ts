import type { Ending } from '../transport/dial.ts';

/** How long a gateway that hung may take to come to an upgrade, in milliseconds. */
const rememberedMs = 120_000;
const most = 64;

/** Whether a gateway may still come to an attempt: it reached somebody, and ended without a word. */
export const mayComeToLife = ({ code, refusedStatus, error }: Ending): boolean =>
  code === 1006 &&
  refusedStatus === undefined &&
  !(error && 'code' in error && error.code === 'ECONNREFUSED');

/**
 * The robot's own attempts that ended without a word: a gateway that hung may come to one of them late and take it for
 * the newest connection. Each excuses one takeover that nobody else is to blame for.
 */
export class Ghosts {
  #leftAt: number[] = [];

  leave(nowMs: number): void {
    this.#leftAt.push(nowMs);
    if (this.#leftAt.length > most) this.#leftAt.shift();
  }

  /** Whether a takeover may be by the robot itself; takes one attempt from memory if so. */
  excuse(nowMs: number): boolean {
    this.#leftAt = this.#leftAt.filter((leftAt) => nowMs - leftAt < rememberedMs);
    return this.#leftAt.shift() !== undefined;
  }
}
