import { createInbox } from '@nats-io/nats-core';

import { Frame, lineStart, type Address } from './frame.ts';
import type { FrameBytes } from './frame-bytes.ts';
import { Message, type Waiter } from './message.ts';
import { SlabWriter } from './slab.ts';

/** What a message is made of beside its event. Subjects, ids and header lines are ASCII. */
export interface BareParts {
  readonly delivery: Message['delivery'];
  /** When it was made, Unix milliseconds. */
  readonly at: number;
  readonly waiter?: Waiter | undefined;
  readonly headerLines?: string | undefined;
}

export interface FrameParts extends BareParts {
  readonly address: Address;
  readonly id: Uint8Array;
}

export interface MessageParts extends BareParts {
  readonly subject: string;
  readonly id: string;
  readonly text: string;
}

/** Uses are counted up to this, then anew: small integers are the fastest. */
const mostUses = 2 ** 30 - 1;
const anySubject = Buffer.from(lineStart);

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
  readonly #frame = new Frame(this.inbox);
  /** The one whose frame is being written. */
  #begun: Message | undefined;

  /** Makes a message of an event that is there as text. */
  create({ subject, id, text, ...parts }: MessageParts): Message {
    const frameParts = { ...parts, address: { start: anySubject, rest: subject }, id: Buffer.from(id) };
    this.begin(frameParts).text(text);
    return this.finish(frameParts);
  }

  /**
   * Begins a message: its event is what is written from here on to the bytes given, until it is finished. One that is
   * never finished leaves nothing behind.
   */
  begin({ address, id, delivery, headerLines = '' }: FrameParts): FrameBytes {
    const message = (this.#begun ??= this.#unused.pop() ?? this.#another());
    message.use = message.use === mostUses ? 1 : message.use + 1;
    return this.#frame.begin(message, this.#writers[delivery], address, id, headerLines);
  }

  /** The message that was begun last, its event written. */
  finish({ delivery, at, waiter }: BareParts): Message {
    const message = this.#begun;
    if (message === undefined) throw new Error('no message has been begun');
    this.#begun = undefined;
    this.#frame.finish(message);
    message.delivery = delivery;
    message.at = at;
    message.waiter = waiter;
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
}
