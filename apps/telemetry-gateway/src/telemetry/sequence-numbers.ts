import type { SessionNumbers } from '@fleet/fleet-store';
import {
  addRange,
  capOldest,
  containsSeq,
  countSeqs,
  maxMissingRanges,
  mergeRanges,
  removeRange,
  subtractRanges,
  type SeqRange,
  type SeqRanges,
} from '@fleet/robot-protocol';

/**
 * What a number is to a session: the `next` one, `ahead` of it (a gap opens), `late` (from a gap), a `duplicate`, or one
 * that was `given_up` because there were too many gaps.
 */
export type Verdict = 'next' | 'ahead' | 'late' | 'duplicate' | 'given_up';

/** One for all: what is missing is replaced, never changed. */
const nothing: SeqRanges = [];

/** Which numbers of a session have come. Pure: numbers in, verdicts out. */
export class SequenceNumbers {
  #last: number;
  #missing: SeqRanges;
  #givenUp: SeqRange | undefined;
  #lost: number;

  constructor(numbers: SessionNumbers = { last: 0, missing: nothing, lost: 0 }) {
    this.#last = numbers.last;
    this.#missing = numbers.missing;
    this.#givenUp = numbers.givenUp;
    this.#lost = numbers.lost;
  }

  take(seq: number): Verdict {
    if (seq === this.#last + 1) {
      this.#last = seq;
      return 'next';
    }
    if (seq > this.#last) {
      this.#miss([this.#last + 1, seq - 1]);
      this.#last = seq;
      return 'ahead';
    }
    if (containsSeq(this.#missing, seq)) {
      this.#missing = removeRange(this.#missing, [seq, seq]);
      this.#forgetExcess();
      return 'late';
    }
    if (this.#givenUp !== undefined && this.#givenUp[0] <= seq && seq <= this.#givenUp[1]) return 'given_up';
    return 'duplicate';
  }

  /** Takes in what another record of the same session knows to have come. */
  absorb(other: SessionNumbers): void {
    const last = Math.max(this.#last, other.last);
    const ours = missingUpTo(this.snapshot(), last);
    const missingOfOther = missingUpTo(other, last);
    const missing = subtractRanges(ours, subtractRanges(ours, missingOfOther));
    this.#missing = missing.length === 0 ? nothing : missing;
    this.#last = last;
    this.#lost = Math.max(this.#lost, other.lost);
    this.#widenGivenUp(other.givenUp);
    this.#forgetExcess();
  }

  get last(): number {
    return this.#last;
  }

  get missing(): SeqRanges {
    return this.#missing;
  }

  /** Numbers that were given up. */
  get lost(): number {
    return this.#lost;
  }

  snapshot(): SessionNumbers {
    return {
      last: this.#last,
      missing: this.#missing,
      ...(this.#givenUp !== undefined && { givenUp: this.#givenUp }),
      lost: this.#lost,
    };
  }

  #miss(range: SeqRange): void {
    this.#missing = addRange(this.#missing, range);
    this.#forgetExcess();
  }

  #forgetExcess(): void {
    if (this.#missing.length <= maxMissingRanges) return;
    const { kept, dropped } = capOldest(this.#missing, maxMissingRanges);
    this.#missing = kept;
    this.#lost += countSeqs(dropped);
    for (const range of dropped) this.#widenGivenUp(range);
  }

  #widenGivenUp(range: SeqRange | undefined): void {
    if (range === undefined) return;
    const [from, to] = this.#givenUp ?? range;
    this.#givenUp = [Math.min(from, range[0]), Math.max(to, range[1])];
  }
}

const missingUpTo = ({ last, missing }: SessionNumbers, end: number): SeqRanges =>
  last < end ? mergeRanges([...missing, [last + 1, end]]) : missing;
