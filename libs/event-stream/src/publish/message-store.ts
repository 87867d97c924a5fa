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
/** About what is given up at once when there is no room. */
const mostUnused = 2_048;

/** Makes messages and takes their room back. */
export class MessageStore {
  readonly #writers: Record<Message['delivery'], SlabWriter> = {
    acknowledged: new SlabWriter(),
    durable: new SlabWriter(),
    expendable: new SlabWriter(),
    dead_letter: new SlabWriter(),
  };
  readonly #unused: Message[] = [];

  create({ subject, id, text, delivery, at, waiter, headerLines = '' }: MessageParts): Message {
    const message = this.#unused.pop() ?? new Message();
    message.subject = subject;
    message.delivery = delivery;
    message.at = at;
    message.waiter = waiter;

    const header = `${headerStart}${id}\r\n${headerLines}\r\n`;
    const most = header.length + text.length * utf8Most;
    const slab = this.#writers[delivery].roomFor(
      most > 4_096 ? header.length + Buffer.byteLength(text) : most,
    );
    message.slab = slab;
    message.start = slab.used;
    message.idLength = id.length;
    message.headerLength = header.length;
    // Both at once: each crossing into native code costs more than the copying.
    const written = slab.bytes.write(header + text, slab.used);
    message.dataLength = written - header.length;
    slab.used += written;
    slab.live += 1;
    return message;
  }

  /** The message's outcome is known; its bytes are of no more use. */
  release(message: Message): void {
    if (message.slab === undefined) return;
    this.#writers[message.delivery].leave(message.slab);
    message.slab = undefined;
    message.waiter = undefined;
    message.companions?.delete(message);
    message.companions = undefined;
  }

  /** Like `release`, for a message that nothing refers to any more: it is made use of again. */
  reuse(message: Message): void {
    this.release(message);
    message.token = 0;
    message.sentAt = 0;
    message.attempts = 0;
    message.refusals = 0;
    if (this.#unused.length < mostUnused) this.#unused.push(message);
  }
}
