/** Room for some hundred encoded events, outside the heap, so that holding many costs the garbage collector nothing. */
export class Slab {
  readonly bytes: Buffer;
  used = 0;
  /** How many messages lie here. */
  live = 0;
  /** Somebody else may still read it: such a slab is not written again. */
  lent = false;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafeSlow(size);
  }
}

const slabBytes = 128 * 1024;
const mostSpares = 16;

/**
 * Hands out room slab by slab. Messages that go in the order in which they came leave whole slabs behind, which are used
 * again or given back; so each kind of event, which is given up in its own order, has slabs of its own.
 */
export class SlabWriter {
  #current = new Slab(0);
  readonly #spares: Slab[] = [];

  /** A slab with room for so many bytes from its `used` on. */
  roomFor(bytes: number): Slab {
    if (this.#current.bytes.length - this.#current.used >= bytes) return this.#current;
    const full = this.#current;
    this.#current = bytes > slabBytes ? new Slab(bytes) : (this.#spares.pop() ?? new Slab(slabBytes));
    if (full.live === 0) this.#spare(full);
    return this.#current;
  }

  /** A message has left its slab. */
  leave(slab: Slab): void {
    slab.live -= 1;
    if (slab.live === 0 && slab !== this.#current) this.#spare(slab);
  }

  #spare(slab: Slab): void {
    if (slab.lent || slab.bytes.length !== slabBytes || this.#spares.length >= mostSpares) return;
    slab.used = 0;
    this.#spares.push(slab);
  }
}
