/** Room for some hundred encoded events, outside the heap, so that holding many costs the garbage collector nothing. */
export class Slab {
  readonly bytes: Buffer;
  used = 0;
  /** The bytes of the messages that lie here. */
  held = 0;
  /** Somebody else may still read it: such a slab is not written again. */
  lent = false;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafeSlow(size);
  }
}

const slabBytes = 128 * 1024;
const mostSpares = 16;
/** Slabs may take so many times the bytes of what lies in them, and the slack. */
const mostTimes = 4;
const slackBytes = 4 * 1024 ** 2;

/**
 * Hands out room slab by slab. Messages that go in the order in which they came leave whole slabs behind, which are used
 * again or given back; so each kind of event, which is given up in its own order, has slabs of its own.
 */
export class SlabWriter {
  #current = new Slab(0);
  readonly #spares: Slab[] = [];
  #slabsBytes = 0;
  #held = 0;

  /** What is held lies scattered, a little in many slabs. */
  get isScattered(): boolean {
    return this.#slabsBytes > this.#held * mostTimes + slackBytes;
  }

  /** A slab that what lies in it should move out of. */
  isSparse(slab: Slab): boolean {
    return slab !== this.#current && slab.held * mostTimes < slab.bytes.length;
  }

  /** A slab with room for so many bytes from its `used` on. */
  roomFor(bytes: number): Slab {
    if (this.#current.bytes.length - this.#current.used >= bytes) return this.#current;
    const full = this.#current;
    this.#current = bytes > slabBytes ? new Slab(bytes) : (this.#spares.pop() ?? new Slab(slabBytes));
    this.#slabsBytes += this.#current.bytes.length;
    if (full.held === 0) this.#emptied(full);
    return this.#current;
  }

  /** A message lies at the slab's `used`. */
  enter(slab: Slab, bytes: number): void {
    slab.used += bytes;
    slab.held += bytes;
    this.#held += bytes;
  }

  /** A message has left its slab. */
  leave(slab: Slab, bytes: number): void {
    slab.held -= bytes;
    this.#held -= bytes;
    if (slab.held === 0 && slab !== this.#current) this.#emptied(slab);
  }

  #emptied(slab: Slab): void {
    this.#slabsBytes -= slab.bytes.length;
    if (slab.lent || slab.bytes.length !== slabBytes || this.#spares.length >= mostSpares) return;
    slab.used = 0;
    this.#spares.push(slab);
  }
}
