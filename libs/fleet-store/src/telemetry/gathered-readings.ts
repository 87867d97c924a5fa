import { encodeReading, isNewer, type Reading } from './reading.ts';

/**
 * Readings of a robot that wait to be written, in any order; one that is in Redis already changes nothing there. They
 * wait as text: a string is one thing for the garbage collector to carry along, a reading is a dozen.
 */
export class GatheredReadings {
  #texts: string[] = [];
  #newest: Reading | undefined;
  #newestText = '';

  static of(readings: Iterable<Reading>): GatheredReadings {
    const gathered = new GatheredReadings();
    for (const reading of readings) gathered.add(reading);
    return gathered;
  }

  get size(): number {
    return this.#texts.length;
  }

  /** The newest, and its text; nothing while there is none. */
  get newest(): { readonly reading: Reading; readonly text: string } | undefined {
    return this.#newest && { reading: this.#newest, text: this.#newestText };
  }

  /** All of them, each followed by a line feed, which none of them holds. */
  get lines(): string {
    return this.#texts.map((text) => `${text}\n`).join('');
  }

  /** @param text what `encodeReading` makes of it, where that is known */
  add(reading: Reading, text: string = encodeReading(reading)): void {
    this.#texts.push(text);
    this.#offer(reading, text);
  }

  /** Adds those that came later. */
  addAll(later: GatheredReadings): void {
    for (const text of later.#texts) this.#texts.push(text);
    if (later.#newest !== undefined) this.#offer(later.#newest, later.#newestText);
  }

  /** Gives up all but the newest. Says how many those were. */
  forgetOlder(): number {
    const forgotten = this.#texts.length - 1;
    if (forgotten <= 0) return 0;
    this.#texts = [this.#newestText];
    return forgotten;
  }

  #offer(reading: Reading, text: string): void {
    if (this.#newest !== undefined && !isNewer(reading, this.#newest)) return;
    this.#newest = reading;
    this.#newestText = text;
  }
}
