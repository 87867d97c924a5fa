const secondsOfWork = 2;
const fewest = 4;

/**
 * How many events to ask for: some seconds of work, by how long handling took of late, so that a slow subscriber leaves
 * events to others and a fast one never waits. Begins with few.
 */
export class Pace {
  readonly #handling: { readonly count: number; readonly seconds: number };
  readonly #concurrency: number;
  readonly #most: number;
  #batch: number;
  #count = 0;
  #seconds = 0;

  constructor(
    handling: { readonly count: number; readonly seconds: number },
    concurrency: number,
    most: number,
  ) {
    this.#handling = handling;
    this.#concurrency = concurrency;
    this.#most = most;
    this.#batch = Math.min(most, Math.max(fewest, 2 * concurrency));
  }

  /** How many to ask for now: a whole batch, when two fit beside what is in hand and asked for already. */
  want(asked: number, inHand: number): number {
    this.#adapt();
    return asked > this.#batch / 2 || asked + inHand > this.#batch ? 0 : this.#batch;
  }

  #adapt(): void {
    const handled = this.#handling.count - this.#count;
    if (handled < this.#batch) return;
    const each = (this.#handling.seconds - this.#seconds) / handled;
    this.#count = this.#handling.count;
    this.#seconds = this.#handling.seconds;
    const work = Math.floor((this.#concurrency * secondsOfWork) / Math.max(each, 1e-6));
    this.#batch = Math.min(this.#most, Math.max(fewest, this.#concurrency, Math.min(work, 2 * this.#batch)));
  }
}
