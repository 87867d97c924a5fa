import { createInbox, type Msg, type NatsConnection, type Subscription } from '@nats-io/nats-core';

import type { StoredEvent } from '../event-stream.ts';
import type { Message } from './message.ts';
import { createPlainAckReader, parseAck } from './parse-ack.ts';
import { noResponders, refusalOf, type Refusal } from './refusal.ts';

export interface Outcomes {
  stored(message: Message, stored: StoredEvent): void;
  refused(message: Message, refusal: Refusal): void;
}

/**
 * Where the acknowledgements of a stream's messages arrive: one subscription, and a token in the reply subject for each
 * message. A message keeps its token over all its tries, so that a late answer to an early one counts too.
 */
export class AckInbox {
  readonly #sent = new Map<number, Message>();
  readonly #stream: string;
  readonly #readPlainAck: (bytes: Uint8Array) => number;
  readonly #outcomes: Outcomes;
  #prefix = '';
  #tokens = 0;
  #subscription: Subscription | undefined;

  constructor(stream: string, outcomes: Outcomes) {
    this.#stream = stream;
    this.#readPlainAck = createPlainAckReader(stream);
    this.#outcomes = outcomes;
  }

  /** Listens on a connection; one that it listens on already is left as it is. */
  open(nc: NatsConnection): void {
    if (this.#subscription !== undefined && !this.#subscription.isClosed()) return;
    const inbox = createInbox();
    this.#prefix = `${inbox}.`;
    this.#subscription = nc.subscribe(`${inbox}.*`, {
      callback: (error, answer) => {
        if (error === null) this.#arrived(answer);
      },
    });
  }

  /** The subject that the answer to a message shall go to. */
  replySubject(message: Message): string {
    if (message.token === 0) {
      this.#tokens += 1;
      message.token = this.#tokens;
      this.#sent.set(message.token, message);
    }
    return this.#prefix + String(message.token);
  }

  /** The answer to a message is of no interest any more. */
  forget(message: Message): void {
    if (message.token !== 0) this.#sent.delete(message.token);
  }

  /** Those sent to a subject and not answered. */
  unanswered(subject: string): Message[] {
    return [...this.#sent.values()].filter((message) => message.subject === subject);
  }

  close(): void {
    this.#subscription?.unsubscribe();
    this.#subscription = undefined;
  }

  #arrived(answer: Msg): void {
    const message = this.#sent.get(Number(answer.subject.slice(this.#prefix.length)));
    if (message === undefined) return;
    const { data } = answer;
    const sequence = this.#readPlainAck(data);
    if (sequence > 0) {
      this.#outcomes.stored(message, { stream: this.#stream, sequence, duplicate: false });
    } else if (data.length === 0) {
      this.#outcomes.refused(message, noResponders);
    } else {
      const ack = parseAck(data);
      if ('error' in ack) this.#outcomes.refused(message, refusalOf(ack.error));
      else this.#outcomes.stored(message, ack);
    }
  }
}
