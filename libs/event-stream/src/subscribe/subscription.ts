import type { CharterEvent, EventParseError, EventParseFailure, EventType } from '@fleet/event-envelope';

/** What is known of a delivery beside the event. */
export interface DeliveryFacts {
  readonly stream: string;
  /** The event's place in its stream: with `stream` the first key for an effect that must happen once. */
  readonly sequence: number;
  /** Which try this is, those of earlier processes included; 1 at first. */
  readonly deliveryCount: number;
  readonly redelivered: boolean;
  readonly subject: string;
  /** When the stream stored the event, Unix milliseconds. */
  readonly storedAt: number;
  /** Aborted when the handler takes too long, and when the event stream is closed before it is done. */
  readonly signal: AbortSignal;
}

export interface SubscribeOptions<T extends EventType> {
  /** The consumer's name on the server, of letters, digits, `-` and `_`: subscribers of one name share the work. */
  readonly durable: string;
  readonly types: readonly T[];
  /** Only the events of this robot or job. */
  readonly entity?: string | undefined;
  /**
   * Called for each event, at least once. What it throws or rejects with makes the event come again; a `PermanentError`
   * makes it a dead letter at once.
   */
  handle(event: CharterEvent<T>, facts: DeliveryFacts): Promise<void> | void;
  /** How many events are handled at the same time, each of another entity; 1 unless given. */
  readonly concurrency?: number | undefined;
  /** How many events are asked for at once at most, 512 unless given; fewer while handling is slow. */
  readonly batch?: number | undefined;
  /** Where a durable that is new begins; `new` unless given. */
  readonly from?: 'new' | 'all' | undefined;
  /** How often an event is tried before it is a dead letter; 5 unless given. */
  readonly maxDeliver?: number | undefined;
  /** A handler that takes longer has failed; 300,000 (five minutes) unless given. */
  readonly handleTimeoutMs?: number | undefined;
  /** The waits before the second, third, … try, the last one for all that follow; 1, 5, 15 and 30 s unless given. */
  readonly backoffMs?: readonly number[] | undefined;
  /** When others get what a process that is gone had in hand; 30,000 unless given. */
  readonly ackWaitMs?: number | undefined;
  /** The server forgets the durable when nobody has asked it for events for this long; never unless given. */
  readonly forgetAfterMs?: number | undefined;
  /** `store`: what was handled is remembered, and skipped when it comes again. `self` unless given: the handler sees to it. */
  readonly idempotent?: 'store' | 'self' | undefined;
}

/**
 * Why an event was set aside: it cannot be read (a parse failure), it stands on another event's subject, its handler
 * threw a `PermanentError`, it failed `maxDeliver` times, or the process that tried it for the last time did not survive.
 */
export type DeadLetterReason =
  EventParseFailure | 'wrong_subject' | 'permanent' | 'exhausted' | 'process_died';

export interface SubscriptionStatus {
  readonly durable: string;
  /**
   * Events of the stream not yet handled: those still to be delivered and those in hand here; what other subscribers of
   * the durable have in hand is not counted. `null` while it is not known, as before the first connection.
   */
  readonly lag: number | null;
  readonly handled: number;
  /** Events that came again: after a process that was gone, a lost acknowledgement or a long silence. */
  readonly redelivered: number;
  /** Tries that failed, those that took too long among them. */
  readonly failed: number;
  readonly timedOut: number;
  /** Events that the store of handled events knew. */
  readonly skipped: number;
  readonly deadLettered: number;
  readonly deadLetters: Readonly<Record<DeadLetterReason, number>>;
  /** Taken from the server and not yet settled. */
  readonly inHand: number;
  readonly handling: { readonly count: number; readonly seconds: number; readonly maxSeconds: number };
}

export interface Subscription {
  status(): SubscriptionStatus;
  /** Takes nothing more, finishes and acknowledges what is being handled, and gives the rest back to others at once. */
  drain(): Promise<void>;
}

export interface TailOptions {
  /** Subject filters; all events of the Charter unless given. */
  readonly filters?: readonly string[] | undefined;
  readonly from: 'now' | 'beginning' | Date;
  readonly signal: AbortSignal;
}

/** What a tail read: an event, or why it is none. */
export interface Tailed {
  readonly event?: CharterEvent;
  readonly error?: EventParseError;
  readonly bytes: Uint8Array;
  readonly subject: string;
  /** The message's headers, those of a dead letter among them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly stream: string;
  readonly sequence: number;
  /** Unix milliseconds. */
  readonly storedAt: number;
}
