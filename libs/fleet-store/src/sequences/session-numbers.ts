import type { SeqRange, SeqRanges } from '@fleet/robot-protocol';

/** What is stored of a robot's named session. */
export interface SessionNumbers {
  /** The highest stored number; 0 when there is none. */
  readonly last: number;
  /** The ranges below it that never came and are still expected. */
  readonly missing: SeqRanges;
  /** From the first to the last number that is expected no more, there having been too many gaps. */
  readonly givenUp?: SeqRange | undefined;
  /** How many numbers were given up. */
  readonly lost: number;
}
