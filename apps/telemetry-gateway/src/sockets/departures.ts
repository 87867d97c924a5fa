/** Somebody who is gone, with something left to do about it. */
export interface Departing {
  /** Called once. */
  depart(): void;
}

/** What is done in one turn of the event loop, about. */
const turnMs = 5;

/**
 * Does what is left to do about those who are gone, some of them in each turn of the event loop: ten thousand may be cut
 * off in the same moment, and others have something to say meanwhile.
 */
export class Departures {
  readonly #waiting = new Set<Departing>();
  #isQueued = false;

  add(departing: Departing): void {
    this.#waiting.add(departing);
    this.#queueTurn();
  }

  /** Does it now, if it is still to be done. */
  hasten(departing: Departing): void {
    if (this.#waiting.delete(departing)) departing.depart();
  }

  #queueTurn(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    setImmediate(() => {
      this.#isQueued = false;
      this.#turn();
    });
  }

  #turn(): void {
    const endsAt = performance.now() + turnMs;
    for (const departing of this.#waiting) {
      this.hasten(departing);
      if (performance.now() >= endsAt) break;
    }
    if (this.#waiting.size > 0) this.#queueTurn();
  }
}
