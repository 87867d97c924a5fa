import type { Delivery } from '@fleet/event-envelope';

import type { PublishOutcome } from '../event-stream.ts';
import { headerStart, lineStart } from './frame.ts';
import type { Lane } from './lane.ts';
import type { Slab } from './slab.ts';

/** What becomes of a message whose maker waits for it. */
export type Waiter = PublishOutcome;

/** What a held message takes beside its bytes, about. */
const overheadBytes = 200;
const space = 0x20;

/** One event on its way to its stream, from `emit` or `publish` until its outcome is known. */
export class Message {
  delivery: Delivery | 'dead_letter' = 'durable';
  waiter: Waiter | undefined = undefined;
  /** When it was made, Unix milliseconds. */
  at = 0;

  /** Where its frame lies, as it goes over the wire: from `start` the protocol line, the header block, the event. */
  slab: Slab | undefined = undefined;
  start = 0;
  lineLength = 0;
  headerLength = 0;
  dataLength = 0;
  frameLength = 0;
  idLength = 0;

  /** Its number among the messages of its store, and how often that number has been used: they name it in its reply subject. */
  readonly number: number;
  use = 0;

  /** Where it is held, or was last. */
  lane: Lane | undefined = undefined;
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

  constructor(number: number) {
    this.number = number;
  }

  get weight(): number {
    return this.frameLength + overheadBytes;
  }

  /** The event, as on the wire. */
  get data(): Uint8Array {
    const from = this.#headerAt + this.headerLength;
    return this.#bytes.subarray(from, from + this.dataLength);
  }

  get subject(): string {
    const from = this.start + lineStart.length;
    return this.#bytes.toString('latin1', from, this.#bytes.indexOf(space, from));
  }

  get id(): string {
    const from = this.#headerAt + headerStart.length;
    return this.#bytes.toString('latin1', from, from + this.idLength);
  }

  /** The header lines beside the id, each ended by CR LF. */
  get headerLines(): string {
    const from = this.#headerAt + headerStart.length + this.idLength + 2;
    return this.#bytes.toString('latin1', from, this.#headerAt + this.headerLength - 2);
  }

  get #headerAt(): number {
    return this.start + this.lineLength;
  }

  get #bytes(): Buffer {
    if (this.slab === undefined) throw new Error('the message has been settled');
    return this.slab.bytes;
  }
}
