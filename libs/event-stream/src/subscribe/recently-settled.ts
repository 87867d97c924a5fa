const size = 16_384;

/** The sequences settled of late, some thousand of them: their acknowledgement may have been lost. */
export class RecentlySettled {
  /** Each sequence has its place, which it leaves to the one that lies `size` further on. */
  readonly #places = new Float64Array(size);

  /** A sequence from 1. */
  add(sequence: number): void {
    this.#places[sequence % size] = sequence;
  }

  has(sequence: number): boolean {
    return this.#places[sequence % size] === sequence;
  }

  clear(): void {
    this.#places.fill(0);
  }
}
