import { randomFillSync } from 'node:crypto';

/** The text of a UUID, in characters. */
const idLength = 36;

const idBytes = 16;
const idsAtOnce = 256;
const dash = 0x2d;
const hexDigits = Buffer.from('0123456789abcdef');
const dashesAt = [8, 13, 18, 23];
/** Where the two digits of each byte stand. */
const placeOf = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

/**
 * UUIDs as the bytes that are sent; those given out last are written over when others are asked for. Random ones (RFC 9562,
 * version 4) cost a quarter of what a string costs that is written.
 */
export class Ids {
  readonly #random = Buffer.allocUnsafeSlow(idBytes * idsAtOnce);
  readonly #id = Buffer.alloc(idLength);
  #next = this.#random.length;

  /** One that was made elsewhere. */
  of(id: string): Uint8Array {
    for (let i = 0; i < idLength; i += 1) this.#id[i] = id.charCodeAt(i);
    return this.#id;
  }

  random(): Uint8Array {
    if (this.#next === this.#random.length) {
      randomFillSync(this.#random);
      this.#next = 0;
    }
    const random = this.#random;
    const from = this.#next;
    this.#next += idBytes;
    random[from + 6] = ((random[from + 6] as number) & 0x0f) | 0x40;
    random[from + 8] = ((random[from + 8] as number) & 0x3f) | 0x80;
    for (const dashAt of dashesAt) this.#id[dashAt] = dash;
    for (let i = 0; i < idBytes; i += 1) {
      const byte = random[from + i] as number;
      const place = placeOf[i] as number;
      this.#id[place] = hexDigits[byte >> 4] as number;
      this.#id[place + 1] = hexDigits[byte & 15] as number;
    }
    return this.#id;
  }
}
