/** A place to write at. */
export interface Room {
  readonly bytes: Buffer;
  readonly at: number;
}

/** Up to this length a string is written sooner unit by unit than by a crossing into native code. */
const shortLength = 40;
/** The most bytes that UTF-8 needs for one unit of a string. */
const utf8Most = 3;
const mostAscii = 0x7f;
const mostWhole = 2 ** 31 - 1;
const wholeDigits = 10;
const fractionDigits = 6;
const fractions = 10 ** fractionDigits;
const [quote, backslash, dot, minus, zero] = [0x22, 0x5c, 0x2e, 0x2d, 0x30];

/** Writes text in UTF-8, and strings and numbers as JSON, straight to where they are sent from. */
export class FrameBytes {
  #bytes: Buffer = Buffer.alloc(0);
  #from = 0;
  #at = 0;
  readonly #move: (count: number) => Room;

  /** `move` copies what has been written to where there is room for `count` more bytes, and gives where to go on. */
  constructor(move: (count: number) => Room) {
    this.#move = move;
  }

  begin({ bytes, at }: Room): void {
    this.#bytes = bytes;
    this.#from = at;
    this.#at = at;
  }

  /** How many bytes have been written since the beginning. */
  get length(): number {
    return this.#at - this.#from;
  }

  /** Takes back all but the first so many bytes. */
  shorten(length: number): void {
    this.#at = this.#from + length;
  }

  byte(value: number): void {
    this.#need(1);
    this.#bytes[this.#at] = value;
    this.#at += 1;
  }

  /** Writes what is encoded already. */
  copy(piece: Uint8Array): void {
    this.#need(piece.length);
    this.#bytes.set(piece, this.#at);
    this.#at += piece.length;
  }

  /** Writes text as it is. */
  text(value: string): void {
    if (this.#at + value.length * utf8Most > this.#bytes.length) this.#need(Buffer.byteLength(value));
    this.#at += this.#bytes.write(value, this.#at);
  }

  /** Writes text of which every unit is ASCII. Throws for any other: it would not be what was meant. */
  ascii(value: string): void {
    const { length } = value;
    this.#need(length);
    let all = 0;
    for (let i = 0; i < length; i += 1) {
      const unit = value.charCodeAt(i);
      all |= unit;
      this.#bytes[this.#at + i] = unit;
    }
    if (all > mostAscii) throw new RangeError(`expected ASCII, got ${JSON.stringify(value)}`);
    this.#at += length;
  }

  string(value: string): void {
    const { length } = value;
    if (length > shortLength) {
      this.text(JSON.stringify(value));
      return;
    }
    this.#need(length + 2);
    const bytes = this.#bytes;
    let at = this.#at;
    bytes[at++] = quote;
    for (let i = 0; i < length; i += 1) {
      const unit = value.charCodeAt(i);
      if (unit < 0x20 || unit > 0x7e || unit === quote || unit === backslash) {
        this.text(JSON.stringify(value));
        return;
      }
      bytes[at++] = unit;
    }
    bytes[at++] = quote;
    this.#at = at;
  }

  number(value: number): void {
    if (!this.decimal(value)) this.text(JSON.stringify(value));
  }

  /** Writes a number below 2^31 with up to six decimals, as most are; others are left to native code, and false. */
  decimal(value: number): boolean {
    const size = Math.abs(value);
    if (!(size <= mostWhole)) return false;
    const whole = size | 0;
    // Below 2^31 doubles are closer to each other than numbers of six decimals: what gives the same double is its only
    // form that is so short.
    const fraction = whole === size ? 0 : Math.round(size * fractions) - whole * fractions;
    if (whole !== size && (whole * fractions + fraction) / fractions !== size) return false;
    if (value < 0) this.byte(minus);
    this.#whole(whole);
    if (fraction > 0) this.#fraction(fraction);
    return true;
  }

  /** Writes a whole number below 2^31 in so many digits over what was written at `offset`. */
  overwriteDigits(offset: number, digits: number, value: number): void {
    const bytes = this.#bytes;
    const from = this.#from + offset;
    let rest = value;
    for (let i = from + digits - 1; i >= from; i -= 1) {
      const tens = (rest / 10) | 0;
      bytes[i] = zero + rest - tens * 10;
      rest = tens;
    }
  }

  #whole(value: number): void {
    this.#need(wholeDigits);
    let digits = 1;
    for (let limit = 10; digits < wholeDigits && value >= limit; limit *= 10) digits += 1;
    const offset = this.length;
    this.#at += digits;
    this.overwriteDigits(offset, digits, value);
  }

  #fraction(value: number): void {
    this.#need(1 + fractionDigits);
    this.#bytes[this.#at] = dot;
    this.overwriteDigits(this.length + 1, fractionDigits, value);
    this.#at += 1 + fractionDigits;
    while (this.#bytes[this.#at - 1] === zero) this.#at -= 1;
  }

  #need(count: number): void {
    if (this.#at + count <= this.#bytes.length) return;
    const { length } = this;
    const { bytes, at } = this.#move(count);
    this.#bytes = bytes;
    this.#from = at - length;
    this.#at = at;
  }
}
