import type { SessionNumbers } from '@fleet/fleet-store';
import { countSeqs, type SeqRanges } from '@fleet/robot-protocol';

import { PendingNumbers, type Pending } from './pending-numbers.ts';
import { SequenceNumbers, type Verdict } from './sequence-numbers.ts';

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

/** What a connection needs from the first number on that comes over it. */
interface Arrivals {
  readonly counts: LedgerCounts;
  readonly received: SequenceNumbers;
  readonly pending: PendingNumbers;
}

const noCounts: LedgerCounts = { received: 0, duplicates: 0, outOfOrder: 0, rejected: 0, givenUp: 0 };

/**
 * The numbers of a connection's session twice over: as they came, which says what is a duplicate, and as they were
 * settled, which says what may be acknowledged. The second follows the first in its order, so that a number that is
 * still on its way to the stream is neither acknowledged nor called missing. Until something comes the two are the same,
 * and an idle connection has one of them.
 */
export class SequenceLedger {
  readonly #settled: SequenceNumbers;
  readonly #onGivenUp: (count: number) => void;
  #arrivals: Arrivals | undefined;

  constructor(numbers?: SessionNumbers, onGivenUp: (count: number) => void = () => undefined) {
    this.#onGivenUp = onGivenUp;
    this.#settled = new SequenceNumbers(numbers);
  }

  get counts(): Readonly<LedgerCounts> {
    return this.#arrivals?.counts ?? noCounts;
  }

  /** Enters a number; `pending` is there to be settled when the sample is to be stored. */
  take(seq: number): { verdict: Verdict; pending?: Pending } {
    const arrivals = this.#arrive();
    const { counts } = arrivals;
    const verdict = this.#receive(arrivals, seq);
    if (verdict === 'duplicate') {
      counts.duplicates += 1;
      return { verdict };
    }
    if (verdict === 'given_up') {
      counts.rejected += 1;
      return { verdict };
    }
    counts.received += 1;
    if (verdict === 'late') counts.outOfOrder += 1;
    return { verdict, pending: arrivals.pending.add(seq) };
  }

  /** The sample is stored, or will never be: its number is not expected again. Idempotent. */
  settle(pending: Pending): void {
    this.#arrivals?.pending.settle(pending);
  }

  /** A refused message's number is settled, once everything before it is. */
  refuse(seq: number | undefined): void {
    const arrivals = this.#arrive();
    arrivals.counts.rejected += 1;
    if (seq === undefined) return;
    const verdict = this.#receive(arrivals, seq);
    if (verdict === 'duplicate' || verdict === 'given_up') return;
    arrivals.pending.settle(arrivals.pending.add(seq));
  }

  /** Takes in what is known elsewhere to be stored of this session. */
  absorb(numbers: SessionNumbers): void {
    this.#settled.absorb(numbers);
    this.#arrivals?.received.absorb(numbers);
  }

  /** How many numbers wait to be settled. */
  get unsettled(): number {
    return this.#arrivals?.pending.size ?? 0;
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

  get #received(): SequenceNumbers {
    return this.#arrivals?.received ?? this.#settled;
  }

  #arrive(): Arrivals {
    return (this.#arrivals ??= {
      counts: { ...noCounts },
      received: new SequenceNumbers(this.#settled.snapshot()),
      pending: new PendingNumbers(this.#settled),
    });
  }

  #receive({ counts, received }: Arrivals, seq: number): Verdict {
    const { lost } = received;
    const verdict = received.take(seq);
    const givenUp = received.lost - lost;
    if (givenUp > 0) {
      counts.givenUp += givenUp;
      this.#onGivenUp(givenUp);
    }
    return verdict;
  }
}
