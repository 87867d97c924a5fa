import type { SessionNumbers } from '@fleet/fleet-store';
import { countSeqs, type SeqRanges } from '@fleet/robot-protocol';

import { SequenceNumbers, type Verdict } from './sequence-numbers.ts';

/** A number that came and is neither stored nor refused yet. */
export interface Pending {
  readonly seq: number;
  settled: boolean;
}

export interface Acknowledgement {
  readonly seq: number;
  readonly missing: SeqRanges;
}

/** What became of a connection's numbers so far. */
export interface LedgerCounts {
  received: number;
  duplicates: number;
  outOfOrder: number;
  rejected: number;
  /** Numbers from gaps that were given up because there were too many. */
  givenUp: number;
}

/**
 * The numbers of a connection's session twice over: as they came, which says what is a duplicate, and as they were
 * settled, which says what may be acknowledged. The second follows the first in its order, so that a number that is
 * still on its way to the stream is neither acknowledged nor called missing.
 */
export class SequenceLedger {
  readonly counts: LedgerCounts = {
    received: 0,
    duplicates: 0,
    outOfOrder: 0,
    rejected: 0,
    givenUp: 0,
  };
  readonly #received: SequenceNumbers;
  readonly #settled: SequenceNumbers;
  #pending: Pending[] = [];
  #head = 0;

  readonly #onGivenUp: (count: number) => void;

  constructor(numbers?: SessionNumbers, onGivenUp: (count: number) => void = () => undefined) {
    this.#onGivenUp = onGivenUp;
    this.#received = new SequenceNumbers(numbers);
    this.#settled = new SequenceNumbers(numbers);
  }

  /** Enters a number; `pending` is there to be settled when the sample is to be stored. */
  take(seq: number): { verdict: Verdict; pending?: Pending } {
    const verdict = this.#receive(seq);
    if (verdict === 'duplicate') {
      this.counts.duplicates += 1;
      return { verdict };
    }
    if (verdict === 'given_up') {
      this.counts.rejected += 1;
      return { verdict };
    }
    this.counts.received += 1;
    if (verdict === 'late') this.counts.outOfOrder += 1;
    const pending = { seq, settled: false };
    this.#pending.push(pending);
    return { verdict, pending };
  }

  /** The sample is stored, or will never be: its number is not expected again. Idempotent. */
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

  /** A refused message's number is settled, once everything before it is. */
  refuse(seq: number | undefined): void {
    this.counts.rejected += 1;
    if (seq === undefined) return;
    const verdict = this.#receive(seq);
    if (verdict === 'duplicate' || verdict === 'given_up') return;
    const pending = { seq, settled: false };
    this.#pending.push(pending);
    this.settle(pending);
  }

  /** Takes in what is known elsewhere to be stored of this session. */
  absorb(numbers: SessionNumbers): void {
    this.#received.absorb(numbers);
    this.#settled.absorb(numbers);
  }

  /** How many numbers wait to be settled. */
  get unsettled(): number {
    return this.#pending.length - this.#head;
  }

  /** What can be said to be stored; nothing while nothing is. */
  acknowledgement(): Acknowledgement | undefined {
    const { last, missing } = this.#settled;
    return last === 0 ? undefined : { seq: last, missing };
  }

  numbers(): SessionNumbers {
    return this.#settled.snapshot();
  }

  /** Numbers below the highest received that never came. */
  get missingCount(): number {
    return countSeqs(this.#received.missing);
  }

  get missing(): SeqRanges {
    return this.#received.missing;
  }

  get lost(): number {
    return this.#received.lost;
  }

  get last(): number {
    return this.#received.last;
  }

  #receive(seq: number): Verdict {
    const { lost } = this.#received;
    const verdict = this.#received.take(seq);
    const givenUp = this.#received.lost - lost;
    if (givenUp > 0) {
      this.counts.givenUp += givenUp;
      this.#onGivenUp(givenUp);
    }
    return verdict;
  }
}
