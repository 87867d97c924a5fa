export type {
  DropReason,
  EventStream,
  EventStreamStatus,
  LaneStatus,
  PublishOptions,
  PublishOutcome,
  StoredEvent,
} from './event-stream.ts';
export { healthOf } from './health-of.ts';
export type { Log } from './log.ts';
export type { EventStreamMetric } from './metric.ts';
export type { Lease, Outbox, OutboxAppend, OutboxEntry } from './outbox/outbox.ts';
export { EncodedPayload } from './publish/encoded-payload.ts';
export { EventStreamDisabledError, PublishError, type PublishErrorKind } from './publish/publish-error.ts';
export type { Bound, EventStreamSettings, StreamLimits } from './settings.ts';
export { startEventStream, type EventStreamParts } from './start-event-stream.ts';
export { ContradictionError } from './streams/contradiction-error.ts';
export type { HandledEvent, HandledEvents } from './subscribe/handled-events.ts';
export { NotNowError } from './subscribe/not-now-error.ts';
export { PermanentError } from './subscribe/permanent-error.ts';
export type {
  DeadLetterReason,
  DeliveryFacts,
  SubscribeOptions,
  Subscription,
  SubscriptionStatus,
  TailOptions,
  Tailed,
} from './subscribe/subscription.ts';
export { HandleTimeoutError } from './subscribe/try-handler.ts';
