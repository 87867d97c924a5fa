const size = 16_384;

/**
 * The events settled of late, some thousand of them: their acknowledgement may have been lost. Their time tells them from
 * those of the same sequence in a stream that was made anew.
 */
export class RecentlySettled {
  /** Each sequence has its place, which it leaves to the one that lies `size` further on. */
  readonly #places = new Float64Array(size);
  readonly #times = new Float64Array(size);

  /** A sequence from 1, and when the stream stored it. */
  add(sequence: number, storedAt: number): void {
    this.#places[sequence % size] = sequence;
    this.#times[sequence % size] = storedAt;
  }

  has(sequence: number, storedAt: number): boolean {
    return this.#places[sequence % size] === sequence && this.#times[sequence % size] === storedAt;
  }

  clear(): void {
    this.#places.fill(0);
  }
}
