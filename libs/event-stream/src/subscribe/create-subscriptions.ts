import type { EventType, StreamName } from '@fleet/event-envelope';

import type { StreamConnection } from '../connection/stream-connection.ts';
import type { Log } from '../log.ts';
import type { EventStreamMetric } from '../metric.ts';
import { createSubscription, type RunningSubscription } from './create-subscription.ts';
import { describeSubscriptions } from './describe-subscriptions.ts';
import type { HandledEvents } from './handled-events.ts';
import type {
  SubscribeOptions,
  Subscription,
  SubscriptionStatus,
  TailOptions,
  Tailed,
} from './subscription.ts';
import { tail } from './tail.ts';

export interface SubscriptionsParts {
  readonly connection: StreamConnection & { readonly reconnects: number };
  readonly instance: string;
  readonly log: Log;
  readonly handled: HandledEvents | undefined;
  /** Looks after a stream that is gone. */
  readonly mend: (stream: StreamName) => Promise<void>;
}

/** The reading half of an event stream. */
export interface Subscriptions {
  subscribe<T extends EventType>(options: SubscribeOptions<T>): Subscription;
  tail(options: TailOptions): AsyncIterable<Tailed>;
  status(): readonly SubscriptionStatus[];
  readonly metrics: readonly EventStreamMetric[];
  /** Drains every subscription, within the deadline. */
  close(deadlineMs: number): Promise<void>;
}

export const createSubscriptions = (parts: SubscriptionsParts): Subscriptions => {
  const running = new Set<RunningSubscription>();
  const status = () => [...running].map((subscription) => subscription.status());
  return {
    subscribe(options) {
      const subscription = createSubscription(options, parts);
      running.add(subscription);
      return {
        status: () => subscription.status(),
        async drain() {
          await subscription.drain();
          running.delete(subscription);
        },
      };
    },
    tail: (options) => tail(options, parts),
    status,
    metrics: describeSubscriptions(status),
    async close(deadlineMs) {
      await Promise.all([...running].map((subscription) => subscription.close(deadlineMs)));
    },
  };
};
