import type { Entry } from './entry.ts';

/** Unsettled samples, ascending by `seq`, and how many bytes they take. */
export class EntryQueue<Ticket> {
  #entries: Entry<Ticket>[];
  #bytes: number;

  constructor(entries: readonly Entry<Ticket>[]) {
    this.#entries = [...entries];
    this.#bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  }

  get size(): number {
    return this.#entries.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get oldest(): Entry<Ticket> | undefined {
    return this.#entries[0];
  }

  /** The caller keeps the order. */
  push(entry: Entry<Ticket>): void {
    this.#entries.push(entry);
    this.#bytes += entry.bytes;
  }

  get(seq: number): Entry<Ticket> | undefined {
    const entry = this.#entries[this.#indexFrom(seq)];
    return entry?.seq === seq ? entry : undefined;
  }

  /** The samples with a `seq` of `from` to `to`, both included. */
  *between(from: number, to: number): Iterable<Entry<Ticket>> {
    for (let index = this.#indexFrom(from); index < this.#entries.length; index += 1) {
      const entry = this.#entries[index] as Entry<Ticket>;
      if (entry.seq > to) return;
      yield entry;
    }
  }

  /** Takes out those up to `seq` that are `chosen`. */
  remove(seq: number, chosen: (entry: Entry<Ticket>) => boolean): Entry<Ticket>[] {
    const reach = this.#indexFrom(seq + 1);
    const removed: Entry<Ticket>[] = [];
    const kept: Entry<Ticket>[] = [];
    for (const entry of this.#entries.slice(0, reach)) (chosen(entry) ? removed : kept).push(entry);
    if (removed.length > 0) this.#entries.splice(0, reach, ...kept);
    this.#bytes -= removed.reduce((sum, entry) => sum + entry.bytes, 0);
    return removed;
  }

  #indexFrom(seq: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle] as Entry<Ticket>).seq < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
