/** Changes of named counters; what cancels out is no change. */
export class Tally<Name = string> {
  // Boxed, so that counting up is one look into the map and no second.
  readonly #changes = new Map<Name, { change: number }>();

  add(name: Name, change: number): void {
    const known = this.#changes.get(name);
    if (known === undefined) this.#changes.set(name, { change });
    else known.change += change;
  }

  addAll(other: Iterable<readonly [Name, number]>): void {
    for (const [name, change] of other) this.add(name, change);
  }

  *[Symbol.iterator](): IterableIterator<[Name, number]> {
    for (const [name, { change }] of this.#changes) if (change !== 0) yield [name, change];
  }
}
