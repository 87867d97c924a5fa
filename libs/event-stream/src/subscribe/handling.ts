import {
  entityOf,
  EventParseError,
  subjectOf,
  type CharterEvent,
  type StreamName,
} from '@fleet/event-envelope';
import type { NatsConnection } from '@nats-io/nats-core';

import type { SeldomLog } from '../log-seldom.ts';
import type { SubscriptionCounters } from './counters.ts';
import { storeDeadLetter } from './dead-letters.ts';
import type { Delivery } from './delivery.ts';
import type { Outcome } from './entity-lanes.ts';
import type { HandledEvent, HandledEvents } from './handled-events.ts';
import { isThenable } from './is-thenable.ts';
import { announceLastAttempt, concludeLastAttempt } from './last-attempts.ts';
import { NotNowError } from './not-now-error.ts';
import { PermanentError } from './permanent-error.ts';
import type { DeadLetterReason } from './subscription.ts';
import type { Failure, HandlerTries } from './try-handler.ts';

export interface HandlingParts {
  readonly durable: string;
  /** Of each type asked for: its subjects, but for the entity. */
  readonly prefixes: ReadonlyMap<string, string>;
  readonly maxDeliver: number;
  readonly backoffMs: readonly number[];
  readonly tries: HandlerTries;
  readonly handled: HandledEvents | undefined;
  readonly counters: SubscriptionCounters;
  readonly logSeldom: SeldomLog;
  readonly abandoned: AbortSignal;
  /** Rejects while there is none. */
  connection(): Promise<NatsConnection>;
  streamCreatedAt(): number;
  /** Looks after a stream that may be gone. */
  mend(stream: StreamName): Promise<void>;
  acknowledge(delivery: Delivery): void;
  /** Lets the event come again. */
  giveBack(delivery: Delivery, afterMs: number): void;
}

/** When a store that the handling needs is away: how soon it is asked again, and how soon an event comes again. */
const storeRetryMs = 1_000;
const deadLetterRetryMs = 10_000;

const messageOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/** Whether a subject is that of an entity; puts no strings together, since it is asked of every event. */
const isOn = (subject: string, prefix: string, entity: string): boolean =>
  subject.length === prefix.length + entity.length && subject.startsWith(prefix) && subject.endsWith(entity);

/** Decides what becomes of an event: it is handled and acknowledged, tried again, set aside, or given back. */
export class Handling {
  readonly #parts: HandlingParts;

  constructor(parts: HandlingParts) {
    this.#parts = parts;
  }

  /** Whether this try is the last one, and earlier ones may have ended with their process. */
  isLastAttempt(delivery: Delivery): boolean {
    return delivery.serverCount >= Math.max(2, this.#parts.maxDeliver);
  }

  /** Makes one try. Never rejects. */
  attempt(delivery: Delivery): Outcome | Promise<Outcome> {
    const event = delivery.parsed;
    if (event instanceof EventParseError) return this.#setAside(delivery, event.failure, event.message);
    const prefix = this.#parts.prefixes.get(event.type);
    if (prefix === undefined || !isOn(delivery.subject, prefix, entityOf(event))) {
      return this.#setAside(delivery, 'wrong_subject', `an event of ${subjectOf(event)}`);
    }
    if (this.isLastAttempt(delivery)) return this.#attemptForTheLastTime(delivery, event);
    return this.#handle(delivery, event);
  }

  #handle(delivery: Delivery, event: CharterEvent): Outcome | Promise<Outcome> {
    const { handled, tries } = this.#parts;
    if (handled !== undefined) return this.#handleOnce(handled, delivery, event);
    const failure = tries.attempt(delivery, event);
    return isThenable(failure)
      ? failure.then((late) => this.#conclude(delivery, late))
      : this.#conclude(delivery, failure);
  }

  async #handleOnce(handled: HandledEvents, delivery: Delivery, event: CharterEvent): Promise<Outcome> {
    const { durable, tries, counters, logSeldom } = this.#parts;
    const key: HandledEvent = {
      stream: delivery.stream,
      streamCreatedAt: this.#parts.streamCreatedAt(),
      sequence: delivery.sequence,
      id: event.id,
    };
    try {
      if (await handled.seen(durable, key)) {
        counters.skipped += 1;
        this.#parts.acknowledge(delivery);
        return 'settled';
      }
    } catch (error) {
      // It says nothing about the event, so it is no failed try.
      logSeldom('warn', 'seen', { durable, err: error }, 'store of handled events is away, waiting for it');
      return { retryAfterMs: storeRetryMs };
    }
    const failure = await tries.attempt(delivery, event);
    if (failure === undefined) {
      await handled.remember(durable, key).catch((error: unknown) => {
        logSeldom('warn', 'remember', { durable, err: error }, 'handled event could not be remembered');
      });
    }
    return this.#conclude(delivery, failure);
  }

  async #attemptForTheLastTime(delivery: Delivery, event: CharterEvent): Promise<Outcome> {
    const { durable, logSeldom } = this.#parts;
    let nc: NatsConnection;
    let announcement: 'announced' | 'found';
    try {
      nc = await this.#parts.connection();
      announcement = await announceLastAttempt(nc, delivery, durable);
    } catch (error) {
      logSeldom('warn', 'announce', { durable, err: error }, 'last attempt could not be announced, waiting');
      this.#mendDeadLetters();
      return { retryAfterMs: storeRetryMs };
    }
    const outcome =
      announcement === 'found'
        ? await this.#setAside(delivery, 'process_died', 'the process that tried it last did not survive')
        : await this.#handle(delivery, event);
    await concludeLastAttempt(nc, delivery, durable).catch((error: unknown) => {
      logSeldom('warn', 'conclude', { durable, err: error }, 'announcement of a last attempt stays behind');
    });
    return outcome;
  }

  #conclude(delivery: Delivery, failure: Failure): Outcome | Promise<Outcome> {
    const { maxDeliver, abandoned, durable, logSeldom } = this.#parts;
    if (failure === undefined) {
      this.#parts.acknowledge(delivery);
      return 'settled';
    }
    // The handler was not given its time: others may try, once the server has waited long enough for this one.
    if (abandoned.aborted) return 'settled';
    const { error } = failure;
    if (error instanceof NotNowError) return { retryAfterMs: storeRetryMs };
    if (error instanceof PermanentError) return this.#setAside(delivery, 'permanent', messageOf(error));
    if (delivery.tries >= maxDeliver) return this.#setAside(delivery, 'exhausted', messageOf(error));
    const { subject, sequence, tries } = delivery;
    logSeldom(
      'warn',
      'failed',
      { durable, subject, sequence, tries, err: error },
      'event not handled, trying again',
    );
    const retryAfterMs = this.backoffOf(delivery);
    delivery.retries += 1;
    return { retryAfterMs };
  }

  /** Nothing but a dead letter needs their stream, so nobody else would notice that it is gone. */
  #mendDeadLetters(): void {
    // Logged where it was tried; the next one finds the same.
    this.#parts.mend('CHARTER_DEAD_LETTERS').catch(() => undefined);
  }

  /** The wait before the next try. */
  backoffOf({ tries }: Delivery): number {
    const { backoffMs } = this.#parts;
    return backoffMs[Math.min(tries, backoffMs.length) - 1] ?? 0;
  }

  async #setAside(delivery: Delivery, reason: DeadLetterReason, error: string): Promise<Outcome> {
    const { durable, counters, logSeldom } = this.#parts;
    const { stream, sequence, subject, tries } = delivery;
    const facts = { durable, stream, sequence, subject, tries, reason, error };
    try {
      await storeDeadLetter(await this.#parts.connection(), delivery, durable, reason, error);
    } catch (cause) {
      logSeldom(
        'error',
        'not set aside',
        { ...facts, err: cause },
        'dead letter not stored, the event comes again',
      );
      this.#mendDeadLetters();
      this.#parts.giveBack(delivery, deadLetterRetryMs);
      return 'settled';
    }
    counters.deadLetters[reason] += 1;
    logSeldom('error', `dead ${reason}`, facts, 'event set aside as a dead letter');
    this.#parts.acknowledge(delivery);
    return 'settled';
  }
}
