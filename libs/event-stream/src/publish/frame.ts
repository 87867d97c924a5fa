import { FrameBytes, type Room } from './frame-bytes.ts';
import type { Message } from './message.ts';
import { Slab, type SlabWriter } from './slab.ts';

/** The header block up to the message id. */
export const headerStart = 'NATS/1.0\r\nNats-Msg-Id: ';

const endOfLine = Buffer.from('\r\n');
/** A server reads up to nine digits of a length. It is not known before the event is written, so it gets all of them. */
const lengthDigits = 9;
const afterHeaderLength = Buffer.from(` ${'0'.repeat(lengthDigits)}\r\n${headerStart}`);
const lineEndLength = afterHeaderLength.length - headerStart.length;
const [underscore, space] = [0x5f, 0x20];
/** Where there is less room than that, a frame would only be moved. */
const roughLength = 1_024;

/** The protocol line up to the subject. */
export const lineStart = 'HPUB ';

/** Where a message goes: a subject in two pieces, of which many messages share the first. All of it is ASCII. */
export interface Address {
  /** The protocol line from its beginning into the subject. */
  readonly start: Uint8Array;
  /** The rest of the subject. */
  readonly rest: string;
}

/** Writes frames as they go over the wire to where they are sent from: a line, a header block, an event. */
export class Frame {
  readonly #bytes = new FrameBytes((count) => this.#move(count));
  readonly #afterSubject: Uint8Array;
  #writer: SlabWriter | undefined;
  #slab = new Slab(0);

  /** @param inbox answers to a message arrive at `<inbox>.<number>_<use>` */
  constructor(inbox: string) {
    this.#afterSubject = Buffer.from(` ${inbox}.`);
  }

  /** Writes all that comes before the event; gives what the event is written with. */
  begin(
    message: Message,
    writer: SlabWriter,
    { start, rest }: Address,
    id: Uint8Array,
    headerLines: string,
  ): FrameBytes {
    const bytes = this.#bytes;
    this.#writer = writer;
    this.#slab = writer.roomFor(roughLength);
    bytes.begin({ bytes: this.#slab.bytes, at: this.#slab.used });
    const headerLength = headerStart.length + id.length + headerLines.length + 2 * endOfLine.length;
    bytes.copy(start);
    bytes.ascii(rest);
    bytes.copy(this.#afterSubject);
    bytes.number(message.number);
    bytes.byte(underscore);
    bytes.number(message.use);
    bytes.byte(space);
    bytes.number(headerLength);
    message.lineLength = bytes.length + lineEndLength;
    bytes.copy(afterHeaderLength);
    bytes.copy(id);
    bytes.copy(endOfLine);
    if (headerLines !== '') bytes.text(headerLines);
    bytes.copy(endOfLine);
    message.idLength = id.length;
    message.headerLength = headerLength;
    return bytes;
  }

  /** The event is written: the frame is the message's. */
  finish(message: Message): void {
    const bytes = this.#bytes;
    bytes.copy(endOfLine);
    const slab = this.#slab;
    const { lineLength, headerLength } = message;
    message.slab = slab;
    message.start = slab.used;
    message.frameLength = bytes.length;
    message.dataLength = bytes.length - lineLength - headerLength - endOfLine.length;
    const lengthAt = lineLength - endOfLine.length - lengthDigits;
    bytes.overwriteDigits(lengthAt, lengthDigits, headerLength + message.dataLength);
    this.#writer?.enter(slab, message.frameLength);
  }

  #move(count: number): Room {
    const { used, bytes } = this.#slab;
    const written = this.#bytes.length;
    // Twice what is written, so that a long event of many parts is not copied for each of them.
    const slab = (this.#writer as SlabWriter).roomFor(2 * written + count);
    bytes.copy(slab.bytes, slab.used, used, used + written);
    this.#slab = slab;
    return { bytes: slab.bytes, at: slab.used + written };
  }
}
