import type { Delivery } from '@fleet/event-envelope';

import type { PublishOutcome } from '../event-stream.ts';
import type { Slab } from './slab.ts';

/** What becomes of a message whose maker waits for it. */
export type Waiter = PublishOutcome;

/** What a held message takes beside its bytes, about. */
const overheadBytes = 200;

/** The header block up to the message id. */
export const headerStart = 'NATS/1.0\r\nNats-Msg-Id: ';

/** One event on its way to its stream, from `emit` or `publish` until its outcome is known. */
export class Message {
  subject = '';
  delivery: Delivery | 'dead_letter' = 'durable';
  waiter: Waiter | undefined = undefined;
  /** When it was made, Unix milliseconds. */
  at = 0;

  /** Where its bytes lie: from `start` the header block, then the event. */
  slab: Slab | undefined = undefined;
  start = 0;
  headerLength = 0;
  dataLength = 0;
  idLength = 0;

  /** Names the message in its reply subject; set when it is first sent. */
  token = 0;
  /** When it was last sent, Unix milliseconds; 0 while it waits. */
  sentAt = 0;
  attempts = 0;
  /** Refusals in a row that may never end. */
  refusals = 0;
  place: 'none' | 'waiting' | 'in_flight' | 'outbox_bound' = 'none';
  /** The outbox is taking it at this moment. */
  moving = false;
  /** Those that its maker gives up together with it. */
  companions: Set<Message> | undefined = undefined;
  previous: Message | null = null;
  next: Message | null = null;

  get weight(): number {
    return this.headerLength + this.dataLength + overheadBytes;
  }

  /** The header block, as on the wire. */
  get header(): Uint8Array {
    return this.#view(this.start, this.headerLength);
  }

  /** The event, as on the wire. */
  get data(): Uint8Array {
    return this.#view(this.start + this.headerLength, this.dataLength);
  }

  get id(): string {
    const from = this.start + headerStart.length;
    return this.slab?.bytes.toString('latin1', from, from + this.idLength) ?? '';
  }

  /** The header lines beside the id, each ended by CR LF. */
  get headerLines(): string {
    const from = this.start + headerStart.length + this.idLength + 2;
    return this.slab?.bytes.toString('latin1', from, this.start + this.headerLength - 2) ?? '';
  }

  #view(start: number, length: number): Uint8Array {
    const bytes = this.slab?.bytes;
    if (bytes === undefined) throw new Error(`${this.subject}: the message has been settled`);
    return new Uint8Array(bytes.buffer, bytes.byteOffset + start, length);
  }
}
