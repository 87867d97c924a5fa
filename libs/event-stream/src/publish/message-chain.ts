import type { Message } from './message.ts';

/** Messages in the order of their making; any of them leaves in one step. A message is in one chain at a time. */
export class MessageChain {
  first: Message | null = null;
  last: Message | null = null;
  size = 0;
  weight = 0;
  /** How many there are of each kind of delivery. */
  readonly counts: Record<Message['delivery'], number> = {
    acknowledged: 0,
    durable: 0,
    expendable: 0,
    dead_letter: 0,
  };

  /** The messages as they are linked now; the one just given may be removed. */
  *[Symbol.iterator](): Generator<Message> {
    for (let message = this.first; message !== null;) {
      const next: Message | null = message.next;
      yield message;
      message = next;
    }
  }

  has(message: Message): boolean {
    return message.previous !== null || this.first === message;
  }

  append(message: Message): void {
    message.previous = this.last;
    message.next = null;
    if (this.last === null) this.first = message;
    else this.last.next = message;
    this.last = message;
    this.size += 1;
    this.counts[message.delivery] += 1;
    this.weight += message.weight;
  }

  remove(message: Message): void {
    if (message.previous === null) this.first = message.next;
    else message.previous.next = message.next;
    if (message.next === null) this.last = message.previous;
    else message.next.previous = message.previous;
    message.previous = null;
    message.next = null;
    this.size -= 1;
    this.counts[message.delivery] -= 1;
    this.weight -= message.weight;
  }
}
