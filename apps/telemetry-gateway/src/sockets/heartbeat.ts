export type Beat = 'ping' | 'timeout';

const maxMissed = 2;

/** Whether the other side still answers. Pure: it is told what happens and says what to do. */
export class Heartbeat {
  #missed = 0;
  #pingedAt = 0;

  /** Time for a ping; `isReading` is false while the socket is paused and answers cannot be heard. */
  beat(nowMs: number, isReading: boolean): Beat {
    if (!isReading) this.#missed = 0;
    if (this.#missed >= maxMissed) return 'timeout';
    this.#missed += 1;
    this.#pingedAt = nowMs;
    return 'ping';
  }

  /** Any message is a sign of life. */
  heard(): void {
    this.#missed = 0;
  }

  /** The round trip in milliseconds, where it is clear which ping was answered. */
  answered(nowMs: number): number | undefined {
    const roundTripMs = this.#missed === 1 ? nowMs - this.#pingedAt : undefined;
    this.#missed = 0;
    return roundTripMs;
  }
}
