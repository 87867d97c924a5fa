/**
 * Samples without a number, which no robot will send again. While storing takes longer than they come, the newest are
 * kept and the oldest of those not yet on their way are lost.
 */
export class UnnumberedSamples<Sample> {
  readonly #store: (sample: Sample) => Promise<unknown>;
  readonly #onLost: (count: number) => void;
  readonly #capacity: number;
  #waiting: Sample[] = [];
  #underWay = 0;

  /**
   * @param capacity how many may be on their way, and how many may wait
   * @param store must not reject
   */
  constructor(
    capacity: number,
    store: (sample: Sample) => Promise<unknown>,
    onLost: (count: number) => void,
  ) {
    this.#capacity = capacity;
    this.#store = store;
    this.#onLost = onLost;
  }

  add(sample: Sample): void {
    if (this.#underWay < this.#capacity) {
      void this.#send(sample);
      return;
    }
    this.#waiting.push(sample);
    if (this.#waiting.length > this.#capacity) {
      this.#waiting.shift();
      this.#onLost(1);
    }
  }

  /** On their way or waiting. */
  get unsettled(): number {
    return this.#underWay + this.#waiting.length;
  }

  /** Gives up those that wait. */
  drop(): void {
    if (this.#waiting.length > 0) this.#onLost(this.#waiting.length);
    this.#waiting = [];
  }

  async #send(sample: Sample): Promise<void> {
    this.#underWay += 1;
    await this.#store(sample);
    this.#underWay -= 1;
    const next = this.#waiting.shift();
    if (next !== undefined) void this.#send(next);
  }
}
