import {
  streamOf,
  type CreateEventOptions,
  type EventPayload,
  type EventType,
  type StreamName,
} from '@fleet/event-envelope';
import type { NatsConnection } from '@nats-io/nats-core';

import type { PublishOptions } from '../event-stream.ts';
import type { Log } from '../log.ts';
import { createSeldomLog, type SeldomLog } from '../log-seldom.ts';
import { streamNames } from '../streams/stream-plan.ts';
import { AckInbox } from './ack-inbox.ts';
import { createCounters, type Counters } from './counters.ts';
import { FrameWriter } from './frame-writer.ts';
import type { EncodedPayload } from './encoded-payload.ts';
import { createMakeMessage } from './make-message.ts';
import { MessageStore } from './message-store.ts';
import type { Message, Waiter } from './message.ts';
import { PublishError } from './publish-error.ts';
import { Settling } from './settling.ts';
import { createWay, type Way, type WayParts } from './way.ts';

export interface PublisherParts extends WayParts {
  readonly log: Log;
  readonly instance: string;
}

/** Something that may take an emitted message out of this publisher's hands before it is sent. */
export type Detour = (message: Message, way: Way) => boolean;

const sweepMs = 250;

/** Makes, holds, sends and accounts for the events of this process. */
export class Publisher {
  readonly counters: Counters = createCounters();
  readonly messages = new MessageStore();
  readonly ways: Readonly<Record<StreamName, Way>>;
  readonly settling: Settling;
  /** Given up, and counted as lost, while the outbox was taking them: it may never answer. */
  readonly leftMoving = new Set<Message>();
  /** Set when there is an outbox. */
  detour: Detour | undefined;

  readonly #inbox = new AckInbox(this.messages);
  readonly #logSeldom: SeldomLog;
  readonly #make: ReturnType<typeof createMakeMessage>;
  readonly #sweeping: NodeJS.Timeout;
  #closed = false;

  constructor(parts: PublisherParts) {
    this.#logSeldom = createSeldomLog(parts.log);
    this.settling = new Settling({
      counters: this.counters,
      messages: this.messages,
      instance: parts.instance,
      logSeldom: this.#logSeldom,
      keepDeadLetter: (letter) => this.ways.CHARTER_DEAD_LETTERS.buffer.offer(this.messages.create(letter)),
    });
    this.#make = createMakeMessage(parts.instance, this.messages);
    this.ways = Object.fromEntries(
      streamNames.map((name) => [name, createWay(name, this.settling, this.#logSeldom, parts)]),
    ) as Record<StreamName, Way>;
    this.#sweeping = setInterval(() => {
      const now = Date.now();
      for (const { lane } of Object.values(this.ways)) lane.sweep(now);
      if (this.messages.isScattered) this.#gather();
    }, sweepMs);
    this.#sweeping.unref();
  }

  emit<T extends EventType>(type: T, payload: EventPayload<T>, options?: CreateEventOptions): void {
    const { counters } = this;
    counters.emitted += 1;
    let message: Message;
    try {
      message = this.#make(type, payload, options, undefined);
    } catch (error) {
      counters.dropped.invalid += 1;
      this.#logSeldom('error', `invalid ${type}`, { type, err: error }, 'event not emitted: it is not valid');
      return;
    }
    if (this.#closed) {
      counters.dropped.closed += 1;
      this.messages.release(message);
      this.#logSeldom('warn', 'closed', { type }, 'event not emitted: the event stream is closed');
      return;
    }
    const way = this.ways[streamOf(type)];
    if (this.detour?.(message, way) === true) return;
    way.buffer.offer(message);
  }

  publish<T extends EventType>(
    type: T,
    payload: EventPayload<T> | EncodedPayload,
    options: PublishOptions,
    waiter: Waiter,
  ): void {
    this.counters.emitted += 1;
    let message: Message;
    try {
      message = this.#make(type, payload, options, waiter);
    } catch (error) {
      this.counters.refused.invalid += 1;
      // Which says the type first, as a PublishError does.
      const detail = (error instanceof Error ? error.message : String(error)).replace(`${type}: `, '');
      this.settling.tell.failed(waiter, new PublishError('invalid', type, detail, { cause: error }));
      return;
    }
    this.admit(message, streamOf(type), waiter, options.signal);
  }

  /** Sends a message somebody waits for, when there is room. */
  admit(message: Message, stream: StreamName, waiter: Waiter, signal?: AbortSignal): void {
    if (this.#closed) {
      this.settling.failed(message, waiter, 'closed', 'the event stream is closed');
      return;
    }
    if (signal?.aborted === true) {
      this.settling.failed(message, waiter, 'aborted', 'the caller gave up before', signal.reason);
      return;
    }
    const way = this.ways[stream];
    if (!way.buffer.admit(message)) {
      this.settling.failed(
        message,
        waiter,
        'overflow',
        'too many wait for room already: await room() before the next',
      );
      return;
    }
    if (signal !== undefined) way.companions.add(message, signal);
  }

  room(stream: StreamName | undefined, signal?: AbortSignal): Promise<void> {
    if (stream !== undefined) return this.ways[stream].buffer.whenRoom(signal);
    return Promise.all(streamNames.map((name) => this.ways[name].buffer.whenRoom(signal))).then(
      () => undefined,
    );
  }

  up(nc: NatsConnection): void {
    this.#inbox.open(nc);
    for (const { lane } of Object.values(this.ways)) lane.up(new FrameWriter(nc));
  }

  down(): void {
    for (const { lane } of Object.values(this.ways)) lane.down();
  }

  /** The connection is gone for good, and the inbox with it. */
  gone(): void {
    this.down();
    this.#inbox.close();
  }

  /** The server lets nobody of this user publish on the subject. */
  forbidden(subject: string): void {
    const refusal = { kind: 'permission', hope: 'never', detail: 'not permitted for this user' } as const;
    for (const { lane } of Object.values(this.ways)) {
      // Who is told may give up others meanwhile.
      for (const message of [...lane.held]) {
        if (message.place === 'none' || message.attempts === 0) continue;
        if (message.subject === subject) lane.refused(message, refusal);
      }
    }
  }

  /** Takes no more events. */
  refuseMore(): void {
    this.#closed = true;
    for (const { buffer } of Object.values(this.ways)) {
      for (const message of buffer.dismissLine()) {
        if (message.waiter)
          this.settling.failed(message, message.waiter, 'closed', 'the event stream is closed');
      }
    }
  }

  /** Gives up all that is held: whoever waits is told, the rest is counted. */
  abandon(): void {
    clearInterval(this.#sweeping);
    for (const { lane } of Object.values(this.ways)) {
      lane.stop();
      // Who is told may give up others meanwhile, so the first is looked up each time.
      for (let message = lane.held.first; message !== null; message = lane.held.first) {
        lane.take(message);
        if (message.waiter === undefined) {
          if (message.moving) this.leftMoving.add(message);
          this.counters.dropped.closed += 1;
          this.messages.release(message);
        } else this.settling.failed(message, message.waiter, 'closed', 'closed before the event was stored');
      }
    }
  }

  get held(): number {
    return Object.values(this.ways).reduce((sum, { lane }) => sum + lane.held.size, 0);
  }

  #gather(): void {
    for (const { lane, buffer } of Object.values(this.ways)) {
      this.messages.gather(lane.held);
      this.messages.gather(buffer.inLine);
    }
  }
}
