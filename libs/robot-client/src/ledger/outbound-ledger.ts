import { containsSeq, defaultLimits, type SeqRanges } from '@fleet/robot-protocol';

import type { RestoredBuffer } from '../sample-buffer.ts';
import { EntryQueue } from './entry-queue.ts';
import { createEntry, type Entry } from './entry.ts';
import { createFrameBudget, encodeFrame, singleBytes } from './frame.ts';

export interface ConnectionLimits {
  readonly maxMessageBytes: number;
  readonly maxUnacked: number;
}

/** What to send next, or a sample that this gateway would never take. */
export type Taken<Ticket> =
  | { readonly kind: 'frame'; readonly text: string; readonly samples: number; readonly resent: number }
  | { readonly kind: 'too_large'; readonly entry: Entry<Ticket> };

/**
 * Decides what is sent, sent again and settled; knows no socket, clock or promise.
 *
 * Samples leave in the order of their `seq`. Each is settled once: by a confirmation, by a refusal, or by being
 * dropped. Only what has been sent can be confirmed.
 */
export class OutboundLedger<Ticket> {
  readonly #queue: EntryQueue<Ticket>;
  #limits: ConnectionLimits = defaultLimits;
  #nextSeq: number;
  #inFlight = 0;
  /** No sample below this `seq` is due. */
  #dueFrom = 0;
  /** Messages of this connection are counted; the last that is confirmed in part or whole. */
  #frame = 0;
  #confirmedFrame = 0;
  /** Up to this `seq` every sample goes in a message of its own: one of them is refused, and has to be found. */
  #aloneUpTo = 0;
  /** Whether each of those also waits for the one before: the gateway does not name what it refuses. */
  #oneByOne = false;
  /** A sample on its way was given up: what this gateway refuses without a name may be that one. */
  #hasLostSight = false;

  constructor(restored: Pick<RestoredBuffer, 'samples' | 'nextSeq'>, ticketOf: () => Ticket) {
    this.#queue = new EntryQueue(restored.samples.map((sample) => createEntry(sample, ticketOf(), true)));
    this.#nextSeq = restored.nextSeq;
  }

  get size(): number {
    return this.#queue.size;
  }

  get bytes(): number {
    return this.#queue.bytes;
  }

  /** Samples on this connection that wait for their confirmation. */
  get inFlight(): number {
    return this.#inFlight;
  }

  get nextSeq(): number {
    return this.#nextSeq;
  }

  add(body: string, ticket: Ticket): Entry<Ticket> {
    const entry = createEntry({ seq: this.#nextSeq, body }, ticket, false);
    this.#nextSeq += 1;
    this.#queue.push(entry);
    return entry;
  }

  /** Gives up a sample, whatever has become of it. */
  drop(entry: Entry<Ticket>): void {
    if (!entry.due) this.#hasLostSight = true;
    this.#settle(entry.seq, (candidate) => candidate === entry);
  }

  get oldest(): Entry<Ticket> | undefined {
    return this.#queue.oldest;
  }

  /** All that is unsettled, oldest first. */
  unsettled(): Iterable<Entry<Ticket>> {
    return this.#queue.between(0, Infinity);
  }

  /** A connection begins: everything unsettled is due. */
  open(limits: ConnectionLimits): void {
    this.#limits = limits;
    this.#frame = 0;
    this.#confirmedFrame = 0;
    this.#hasLostSight = false;
    this.rewind();
  }

  /** Everything unsettled is due again: the gateway has dropped an unknown part of it. */
  rewind(): void {
    for (const entry of this.unsettled()) entry.due = true;
    this.#inFlight = 0;
    this.#dueFrom = 0;
  }

  /**
   * The samples that no gateway has seen yet although their numbers are used up to `lastSeq` in this session, by an
   * earlier life that kept no buffer or lost the end of it: from which `seq` on, and by how much they have to move.
   */
  collision(lastSeq: number): { fromSeq: number; by: number } | undefined {
    let fromSeq = this.#nextSeq;
    for (const entry of this.unsettled()) {
      if (entry.seq > lastSeq || !entry.known) {
        fromSeq = entry.seq;
        break;
      }
    }
    return fromSeq > lastSeq ? undefined : { fromSeq, by: lastSeq + 1 - fromSeq };
  }

  renumber(fromSeq: number, by: number): void {
    for (const entry of [...this.#queue.between(fromSeq, Infinity)]) entry.seq += by;
    this.#nextSeq += by;
  }

  /** Every `seq` up to this one is stored but for those in `missing`. Returns what is thereby settled. */
  acknowledge(seq: number, missing: SeqRanges = []): Entry<Ticket>[] {
    const acked = this.#settle(seq, (entry) => entry.known && !containsSeq(missing, entry.seq));
    for (const entry of acked)
      if (!entry.due) this.#confirmedFrame = Math.max(this.#confirmedFrame, entry.frame);
    for (const [from, to] of missing) this.#resendSkipped(from, to);
    return acked;
  }

  /** The gateway refused this sample for good. What went out in the same message may have been refused with it. */
  refuse(seq: number): Entry<Ticket> | undefined {
    const refused = this.#queue.get(seq);
    if (refused === undefined) return undefined;
    this.#settle(seq, (entry) => entry === refused);
    if (refused.due) return refused;
    for (const entry of this.unsettled()) {
      if (entry.due || entry.frame !== refused.frame) continue;
      this.#makeDue(entry);
      this.#aloneUpTo = Math.max(this.#aloneUpTo, entry.seq);
    }
    return refused;
  }

  /**
   * The gateway refused something and does not name it. Returns the sample if it can only be that one. Otherwise this
   * connection has to end: on the next one the suspects go one by one.
   */
  refuseUnnamed(): Entry<Ticket> | 'reconnect' | undefined {
    const flying = [...this.unsettled()].filter((entry) => !entry.due);
    const [only] = flying;
    if (only === undefined) return undefined;
    if (flying.length === 1 && !this.#hasLostSight) return this.refuse(only.seq);
    this.#aloneUpTo = flying.at(-1)?.seq ?? 0;
    this.#oneByOne = true;
    return 'reconnect';
  }

  /** The next message within the limits of the connection; nothing when all is sent or the window is full. */
  take(): Taken<Ticket> | undefined {
    const batch: Entry<Ticket>[] = [];
    const fits = createFrameBudget(this.#limits.maxMessageBytes);
    for (const entry of this.#queue.between(this.#dueFrom, Infinity)) {
      if (!entry.due) continue;
      const isAlone = entry.seq <= this.#aloneUpTo;
      const window = isAlone && this.#oneByOne ? 1 : this.#limits.maxUnacked;
      if (this.#inFlight + batch.length >= window) break;
      if (batch.length === 0 && singleBytes(entry) > this.#limits.maxMessageBytes) {
        this.drop(entry);
        return { kind: 'too_large', entry };
      }
      if (!fits(entry) || (isAlone && batch.length > 0)) break;
      batch.push(entry);
      if (isAlone) break;
    }
    return batch.length === 0 ? undefined : this.#launch(batch);
  }

  #launch(batch: readonly Entry<Ticket>[]): Taken<Ticket> {
    this.#frame += 1;
    const resent = batch.filter((entry) => entry.known).length;
    for (const entry of batch) {
      entry.due = false;
      entry.known = true;
      entry.frame = this.#frame;
      this.#dueFrom = entry.seq + 1;
    }
    this.#inFlight += batch.length;
    return { kind: 'frame', text: encodeFrame(batch), samples: batch.length, resent };
  }

  /** What is missing although a later message has been confirmed was not taken: it is due again. */
  #resendSkipped(from: number, to: number): void {
    for (const entry of this.#queue.between(from, to))
      if (!entry.due && entry.frame < this.#confirmedFrame) this.#makeDue(entry);
  }

  #makeDue(entry: Entry<Ticket>): void {
    entry.due = true;
    this.#inFlight -= 1;
    this.#dueFrom = Math.min(this.#dueFrom, entry.seq);
  }

  #settle(seq: number, chosen: (entry: Entry<Ticket>) => boolean): Entry<Ticket>[] {
    const settled = this.#queue.remove(seq, chosen);
    this.#inFlight -= settled.filter((entry) => !entry.due).length;
    return settled;
  }
}
