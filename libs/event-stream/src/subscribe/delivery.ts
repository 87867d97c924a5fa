import { EventParseError, parseEvent, type CharterEvent } from '@fleet/event-envelope';
import type { Msg, MsgHdrs } from '@nats-io/nats-core';

import type { AckFacts } from './ack-subject.ts';

/** One event in hand, from its arrival until it is acknowledged, set aside or given back. */
export class Delivery {
  readonly subject: string;
  /** The robot or job: the last token of the subject. */
  readonly entity: string;
  readonly bytes: Uint8Array;
  readonly stream: string;
  readonly sequence: number;
  readonly storedAt: number;
  /** Where the acknowledgement goes: the newest delivery's, when the event came again while in hand. */
  reply: string;
  /** How often the server has delivered it. */
  serverCount: number;
  /** Tries of this process that have failed. */
  retries = 0;
  /** When the server last heard of it, on the monotonic clock. */
  heardAt: number;
  readonly #message: Msg;
  #parsed: CharterEvent | EventParseError | undefined;

  constructor(message: Msg, facts: AckFacts, nowMs: number) {
    this.#message = message;
    this.subject = message.subject;
    this.entity = message.subject.slice(message.subject.lastIndexOf('.') + 1);
    this.bytes = message.data;
    this.stream = facts.stream;
    this.sequence = facts.sequence;
    this.storedAt = facts.storedAt;
    this.reply = message.reply ?? '';
    this.serverCount = facts.deliveryCount;
    this.heardAt = nowMs;
  }

  /** Which try is being made, or would be next; 1 at first. */
  get tries(): number {
    return this.serverCount + this.retries;
  }

  /** Decoded when asked for. */
  get headers(): MsgHdrs | undefined {
    return this.#message.headers;
  }

  /** The event, or why the bytes are none. Read once, however many tries there are. */
  get parsed(): CharterEvent | EventParseError {
    return (this.#parsed ??= this.#parse());
  }

  #parse(): CharterEvent | EventParseError {
    try {
      return parseEvent(this.bytes);
    } catch (error) {
      if (error instanceof EventParseError) return error;
      throw error;
    }
  }
}
