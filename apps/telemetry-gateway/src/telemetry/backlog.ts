/** An upper bound by number and by size. */
export interface BacklogLimits {
  readonly samples: number;
  readonly bytes: number;
}

/**
 * What waits to be stored, of one connection or of all of them. Full at its limit, and then until a good part of it is
 * gone, so that whoever stops at the limit does not stop and go with each sample.
 */
export class Backlog {
  readonly #limits: BacklogLimits;
  readonly #onRoom: () => void;
  #samples = 0;
  #bytes = 0;
  #isFull = false;

  constructor(limits: BacklogLimits, onRoom: () => void) {
    this.#limits = limits;
    this.#onRoom = onRoom;
  }

  add(bytes: number): void {
    this.#samples += 1;
    this.#bytes += bytes;
    if (this.#samples >= this.#limits.samples || this.#bytes >= this.#limits.bytes) this.#isFull = true;
  }

  remove(bytes: number): void {
    this.#samples -= 1;
    this.#bytes -= bytes;
    if (!this.#isFull) return;
    if (this.#samples > this.#limits.samples * 0.75 || this.#bytes > this.#limits.bytes * 0.75) return;
    this.#isFull = false;
    this.#onRoom();
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  get samples(): number {
    return this.#samples;
  }

  get bytes(): number {
    return this.#bytes;
  }
}
