import type { SequenceNumbers } from './sequence-numbers.ts';

/** A number that came and is neither stored nor refused yet. */
export interface Pending {
  readonly seq: number;
  settled: boolean;
}

/** Numbers in the order in which they came, each settled once everything before it is. */
export class PendingNumbers {
  readonly #settled: SequenceNumbers;
  #pending: Pending[] = [];
  #head = 0;

  /** @param settled takes each number when its turn has come */
  constructor(settled: SequenceNumbers) {
    this.#settled = settled;
  }

  add(seq: number): Pending {
    const pending = { seq, settled: false };
    this.#pending.push(pending);
    return pending;
  }

  /** Idempotent. */
  settle(pending: Pending): void {
    pending.settled = true;
    for (;;) {
      const head = this.#pending[this.#head];
      if (head?.settled !== true) break;
      this.#settled.take(head.seq);
      this.#head += 1;
    }
    if (this.#head > 512 && this.#head * 2 > this.#pending.length) {
      this.#pending = this.#pending.slice(this.#head);
      this.#head = 0;
    }
  }

  get size(): number {
    return this.#pending.length - this.#head;
  }
}
