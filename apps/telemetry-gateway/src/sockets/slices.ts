/** How many at most: whoever visits all members does so in so many turns. */
export const maxTurns = 20;

/** Members in parts of about the same size: ten thousand of them need not be visited in one breath. */
export class Slices<Member> implements Iterable<Member> {
  readonly #slices = Array.from({ length: maxTurns }, () => new Set<Member>());
  #added = 0;

  add(member: Member): void {
    this.#slices[this.#added++ % maxTurns]?.add(member);
  }

  delete(member: Member): void {
    // Members are many, and leave once: looking through the slices is cheaper than keeping who is in which.
    this.#slices.some((slice) => slice.delete(member));
  }

  get size(): number {
    return this.#slices.reduce((size, slice) => size + slice.size, 0);
  }

  *[Symbol.iterator](): Generator<Member, void> {
    for (const slice of this.#slices) yield* slice;
  }

  /**
   * Those whose turn it is: all members have one of so many turns.
   *
   * @param turns 1 to {@link maxTurns}
   * @param turn from 0 on
   */
  *turn(turn: number, turns: number): Generator<Member, void> {
    const begin = (of: number): number => Math.floor((of * maxTurns) / turns);
    for (const slice of this.#slices.slice(begin(turn), begin(turn + 1))) yield* slice;
  }
}
