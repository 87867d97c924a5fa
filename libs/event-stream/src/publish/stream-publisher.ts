import type { NatsConnection, PublishOptions } from '@nats-io/nats-core';

import type { StoredEvent } from '../event-stream.ts';
import { AckInbox } from './ack-inbox.ts';
import { Lane, type Send } from './lane.ts';
import { RawHeaders } from './message-headers.ts';
import type { Message } from './message.ts';
import type { Refusal } from './refusal.ts';

export interface StreamPublisherParts {
  readonly stream: string;
  readonly window: { readonly messages: number; readonly bytes: number };
  readonly ackTimeoutMs: number;
  onStored(message: Message, stored: StoredEvent): void;
  onRefused(message: Message, refusal: Refusal): void;
  onSetback(refusal: Refusal): void;
  mend(): Promise<Refusal | undefined>;
  onRoom(): void;
}

/** Puts messages of one stream on the wire and brings their outcomes back. Streams do not wait for one another. */
export class StreamPublisher {
  readonly stream: string;
  readonly lane: Lane;
  readonly #inbox: AckInbox;

  constructor(parts: StreamPublisherParts) {
    this.stream = parts.stream;
    this.lane = new Lane({
      ...parts,
      onStored: (message, stored) => {
        this.#inbox.forget(message);
        parts.onStored(message, stored);
      },
      onRefused: (message, refusal) => {
        this.#inbox.forget(message);
        parts.onRefused(message, refusal);
      },
    });
    this.#inbox = new AckInbox(parts.stream, this.lane);
  }

  up(nc: NatsConnection): void {
    this.#inbox.open(nc);
    this.lane.up(this.#createSend(nc));
  }

  /** Gives a message up, whatever its state. */
  take(message: Message): void {
    this.#inbox.forget(message);
    this.lane.take(message);
  }

  /** The server lets nobody of this user publish on the subject. */
  forbidden(subject: string): void {
    for (const message of this.#inbox.unanswered(subject)) {
      this.lane.refused(message, {
        kind: 'permission',
        hope: 'never',
        detail: 'not permitted for this user',
      });
    }
  }

  /** The connection is gone for good, and the inbox with it. */
  closed(): void {
    this.lane.down();
    this.#inbox.close();
  }

  #createSend(nc: NatsConnection): Send {
    const headers = new RawHeaders();
    // The client reads the options before `publish` returns, so one object serves all messages.
    const options: PublishOptions = { headers: headers.asHeaders(), reply: '' };
    return (message) => {
      const size = message.headerLength + message.dataLength;
      const limit = nc.info?.max_payload ?? Number.POSITIVE_INFINITY;
      if (size > limit) {
        return { kind: 'too_large', hope: 'never', detail: `${size} bytes, the server takes ${limit}` };
      }
      headers.of = message;
      options.reply = this.#inbox.replySubject(message);
      try {
        nc.publish(message.subject, message.data, options);
      } catch (error) {
        if (nc.isClosed()) throw error;
        // The client itself will not send it, on this connection or another.
        return { kind: 'invalid', hope: 'never', detail: String(error) };
      }
      if (message.slab) message.slab.sent = true;
      return undefined;
    };
  }
}
