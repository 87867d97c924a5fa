import type { Msg, NatsConnection, Subscription } from '@nats-io/nats-core';

import { streamNames } from '../streams/stream-plan.ts';
import { subjectBytes } from '../connection/client-wire.ts';
import type { MessageStore } from './message-store.ts';
import type { Message } from './message.ts';
import { createPlainAckReader, parseAck } from './parse-ack.ts';
import { noResponders, refusalOf } from './refusal.ts';

const [zero, underscore] = [0x30, 0x5f];

/**
 * Where the acknowledgements of all messages arrive: one subscription. A message keeps its reply subject over all its
 * tries, so that a late answer to an early one counts too.
 */
export class AckInbox {
  readonly #messages: MessageStore;
  readonly #readPlainAck: Readonly<Record<string, (bytes: Uint8Array) => number>>;
  #subscription: Subscription | undefined;

  constructor(messages: MessageStore) {
    this.#messages = messages;
    this.#readPlainAck = Object.fromEntries(streamNames.map((name) => [name, createPlainAckReader(name)]));
  }

  /** Listens on a connection; one that it listens on already is left as it is. */
  open(nc: NatsConnection): void {
    if (this.#subscription !== undefined && !this.#subscription.isClosed()) return;
    this.#subscription = nc.subscribe(`${this.#messages.inbox}.*`, {
      callback: (error, answer) => {
        if (error === null) this.#arrived(answer);
      },
    });
  }

  close(): void {
    this.#subscription?.unsubscribe();
    this.#subscription = undefined;
  }

  #arrived(answer: Msg): void {
    const message = this.#messageOf(subjectBytes(answer));
    const lane = message?.lane;
    if (message === undefined || lane === undefined) return;
    const { data } = answer;
    const sequence = this.#readPlainAck[lane.stream]?.(data) ?? 0;
    if (sequence > 0) {
      lane.stored(message, { stream: lane.stream, sequence, duplicate: false });
    } else if (data.length === 0) {
      lane.refused(message, noResponders);
    } else {
      const ack = parseAck(data);
      if ('error' in ack) lane.refused(message, refusalOf(ack.error));
      else lane.stored(message, ack);
    }
  }

  /** Reads `<inbox>.<number>_<use>`. */
  #messageOf(subject: Uint8Array): Message | undefined {
    let number = 0;
    let at = this.#messages.inbox.length + 1;
    for (; at < subject.length && subject[at] !== underscore; at += 1) {
      number = number * 10 + ((subject[at] as number) - zero);
    }
    let use = 0;
    for (at += 1; at < subject.length; at += 1) use = use * 10 + ((subject[at] as number) - zero);
    return this.#messages.find(number, use);
  }
}
