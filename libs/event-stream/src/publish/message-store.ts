import { createInbox } from '@nats-io/nats-core';

import { headerStart, Message, type Waiter } from './message.ts';
import { SlabWriter } from './slab.ts';

/** What a message is made of. `id` and the lines of the header are ASCII. */
export interface MessageParts {
  readonly subject: string;
  readonly id: string;
  readonly text: string;
  readonly delivery: Message['delivery'];
  readonly at: number;
  readonly waiter?: Waiter | undefined;
  readonly headerLines?: string;
}

/** The most bytes that UTF-8 needs for one unit of a string. */
const utf8Most = 3;
/** Uses are counted up to this, then anew: small integers are the fastest. */
const mostUses = 2 ** 30 - 1;

/** Makes messages and takes their room back. */
export class MessageStore {
  /** The answer to a message arrives at `<inbox>.<number>_<use>`. */
  readonly inbox = createInbox();

  readonly #writers: Record<Message['delivery'], SlabWriter> = {
    acknowledged: new SlabWriter(),
    durable: new SlabWriter(),
    expendable: new SlabWriter(),
    dead_letter: new SlabWriter(),
  };
  /** By number. Message objects live on: new ones for every event would be most of what the garbage collector has to do. */
  readonly #all: Message[] = [];
  readonly #unused: Message[] = [];

  create(parts: MessageParts): Message {
    const message = this.#unused.pop() ?? this.#another();
    message.use = message.use === mostUses ? 1 : message.use + 1;
    message.subject = parts.subject;
    message.delivery = parts.delivery;
    message.at = parts.at;
    message.waiter = parts.waiter;
    this.#write(message, parts);
    return message;
  }

  /** The message that an answer to `<number>_<use>` is for, unless it has been settled. */
  find(number: number, use: number): Message | undefined {
    const message = this.#all[number];
    return message?.use === use && message.slab !== undefined ? message : undefined;
  }

  /**
   * The message's outcome is known; the object is used again. So is the room of its bytes, unless the client may still
   * hold them: the only try of a message has left the client when the server has answered it.
   */
  release(message: Message, answered = false): void {
    const { slab } = message;
    if (slab === undefined) return;
    if (message.attempts > (answered ? 1 : 0)) slab.lent = true;
    this.#writers[message.delivery].leave(slab, message.frameLength);
    message.slab = undefined;
    message.waiter = undefined;
    message.companions?.delete(message);
    message.companions = undefined;
    if (!message.moving) this.#reuse(message);
  }

  /** Those that stay where most others have gone would keep whole slabs for themselves. */
  get isScattered(): boolean {
    return Object.values(this.#writers).some((writer) => writer.isScattered);
  }

  /** Moves messages together; none of them may be half-way to the client. */
  gather(messages: Iterable<Message>): void {
    for (const message of messages) {
      const { slab, start, frameLength } = message;
      const writer = this.#writers[message.delivery];
      if (slab === undefined || !writer.isSparse(slab)) continue;
      const room = writer.roomFor(frameLength);
      slab.bytes.copy(room.bytes, room.used, start, start + frameLength);
      message.slab = room;
      message.start = room.used;
      writer.enter(room, frameLength);
      // The client may still hold what was sent.
      if (message.attempts > 0) slab.lent = true;
      writer.leave(slab, frameLength);
    }
  }

  /** Somebody looks at the message, and holds its bytes, until they give it back. */
  lend(message: Message): void {
    message.moving = true;
    if (message.slab) message.slab.lent = true;
  }

  giveBack(message: Message): void {
    message.moving = false;
    if (message.slab === undefined) this.#reuse(message);
  }

  #reuse(message: Message): void {
    message.sentAt = 0;
    message.attempts = 0;
    message.refusals = 0;
    this.#unused.push(message);
  }

  #another(): Message {
    const message = new Message(this.#all.length);
    this.#all.push(message);
    return message;
  }

  /** Writes the whole frame at once: each crossing into native code costs more than the copying. */
  #write(message: Message, { subject, id, text, delivery, headerLines = '' }: MessageParts): void {
    const header = `${headerStart}${id}\r\n${headerLines}\r\n`;
    const line = `HPUB ${subject} ${this.inbox}.${message.number}_${message.use} ${header.length} `;
    let dataLength = text.length;
    let frame = `${line}${header.length + dataLength}\r\n${header}${text}\r\n`;
    let slab = this.#writers[delivery].roomFor(
      frame.length > 4_096 ? Buffer.byteLength(frame) : frame.length * utf8Most,
    );
    let written = slab.bytes.write(frame, slab.used);
    if (written !== frame.length) {
      // Not all of it is ASCII.
      dataLength = Buffer.byteLength(text);
      frame = `${line}${header.length + dataLength}\r\n${header}${text}\r\n`;
      slab = this.#writers[delivery].roomFor(Buffer.byteLength(frame));
      written = slab.bytes.write(frame, slab.used);
    }
    message.slab = slab;
    message.start = slab.used;
    message.idLength = id.length;
    message.headerLength = header.length;
    message.dataLength = dataLength;
    message.frameLength = written;
    message.lineLength = written - header.length - dataLength - 2;
    this.#writers[delivery].enter(slab, written);
  }
}
