import type { CreateEventOptions, EventPayload, EventType, StreamName } from '@fleet/event-envelope';

import type { EventStreamMetric } from './metric.ts';
import type { EncodedPayload } from './publish/encoded-payload.ts';
import type { PublishErrorKind } from './publish/publish-error.ts';
import type {
  SubscribeOptions,
  Subscription,
  SubscriptionStatus,
  TailOptions,
  Tailed,
} from './subscribe/subscription.ts';

/** Where an event was stored. */
export interface StoredEvent {
  readonly stream: string;
  readonly sequence: number;
  /** It was there already: another event of the same id, or this one sent before. */
  readonly duplicate: boolean;
}

export interface PublishOptions extends CreateEventOptions {
  /** Gives up waiting; the event may be stored all the same if it was sent already. */
  readonly signal?: AbortSignal | undefined;
}

/** What is told what became of an event: one of the two is called, once. What it throws is only logged. */
export interface PublishOutcome {
  stored(stored: StoredEvent): void;
  /** With what `publish` rejects with. */
  failed(error: Error): void;
}

/** Why an emitted event was given up before any server saw it. */
export type DropReason =
  'overflow_expendable' | 'overflow_durable' | 'overflow_acknowledged' | 'invalid' | 'closed';

/** What one stream's publisher holds. */
export interface LaneStatus {
  readonly pending: number;
  readonly pendingBytes: number;
  readonly inFlight: number;
  readonly oldestAgeMs: number;
}

export interface EventStreamStatus {
  readonly connected: boolean;
  /** Connected, and every stream is there (unless streams are left as they are). */
  readonly ready: boolean;
  /** Held in memory, sent or not. */
  readonly pending: number;
  readonly pendingBytes: number;
  /** How long the oldest of them has been held; 0 when nothing is. */
  readonly oldestAgeMs: number;
  /** Sent and not yet acknowledged. */
  readonly inFlight: number;
  /** Given to `emit` or `publish`. */
  readonly emitted: number;
  readonly stored: number;
  /** Of those stored: found to be there already. */
  readonly duplicates: number;
  /** Times a message was sent again. */
  readonly retried: number;
  readonly dropped: Readonly<Record<DropReason, number>>;
  readonly refused: Readonly<Record<PublishErrorKind, number>>;
  /** Refused events set aside as dead letters. */
  readonly deadLettered: number;
  /** Moved to the outbox by this process. */
  readonly outboxed: number;
  /** Moved from the outbox to the stream by this process. */
  readonly relayed: number;
  /** As last seen; `null` without an outbox or while it is away. */
  readonly outbox: { readonly entries: number; readonly oldestAgeMs: number | null } | null;
  readonly reconnects: number;
  readonly lanes: Readonly<Partial<Record<StreamName, LaneStatus>>>;
  readonly subscriptions: readonly SubscriptionStatus[];
}

export interface EventStream {
  /** False when no server is configured: nothing is published and nothing arrives. */
  readonly enabled: boolean;
  /** Fire and forget: never blocks and never throws. What cannot be published is logged and counted. */
  emit<T extends EventType>(type: T, payload: EventPayload<T>, options?: CreateEventOptions): void;
  /**
   * Resolves when JetStream has stored the event. Waits for room in the buffer and retries what may pass for as long as
   * it takes; rejects with a `PublishError` for what cannot succeed, or an `EventStreamDisabledError`. The caller keeps
   * the original: an event given here never goes to the outbox. Order per subject is the order of the calls.
   */
  publish<T extends EventType>(
    type: T,
    payload: EventPayload<T>,
    options?: PublishOptions,
  ): Promise<StoredEvent>;
  /**
   * `publish` for those who have many under way: it tells `outcome` instead of making a promise. An event that cannot
   * be published at all fails before this returns. An encoded payload is not checked.
   */
  publishWith<T extends EventType>(
    type: T,
    payload: EventPayload<T> | EncodedPayload,
    options: PublishOptions,
    outcome: PublishOutcome,
  ): void;
  /** Resolves when the buffer of a type's stream (of every stream without one) has room. Rejects with the signal's reason. */
  room(options?: { type?: EventType; signal?: AbortSignal }): Promise<void>;
  /** Handles events at least once, as one of the subscribers of a durable. */
  subscribe<T extends EventType>(options: SubscribeOptions<T>): Subscription;
  /** Reads along without leaving a trace on the server. Ends when the signal is aborted. */
  tail(options: TailOptions): AsyncIterable<Tailed>;
  /**
   * The newest stored event of a type about one robot or job, or the first that is stored at a sequence of its stream or
   * behind it; `undefined` where there is none, and without an event stream. Waits for a connection, rejecting with the
   * signal's reason; rejects when the server does not answer within 5 s.
   */
  lookUp(
    type: EventType,
    entity: string,
    from: number | 'newest',
    signal?: AbortSignal,
  ): Promise<Tailed | undefined>;
  /** Connected, and every stream is there (unless streams are left as they are). */
  readonly ready: boolean;
  status(): EventStreamStatus;
  readonly metrics: readonly EventStreamMetric[];
  /** Drains the subscriptions, flushes, moves what is durable and unconfirmed to the outbox, counts the rest as lost. */
  close(deadlineMs: number): Promise<void>;
}
