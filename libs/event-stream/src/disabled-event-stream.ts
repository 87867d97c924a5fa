import { once } from 'node:events';

import { createCounters } from './publish/counters.ts';
import { EventStreamDisabledError } from './publish/publish-error.ts';
import { describeMetrics } from './describe-metrics.ts';
import type { EventStream, EventStreamStatus } from './event-stream.ts';
import type { Log } from './log.ts';
import { createCounters as createSubscriptionCounters } from './subscribe/counters.ts';

const emptyStatus = (): EventStreamStatus => ({
  ...createCounters(),
  connected: false,
  ready: false,
  pending: 0,
  pendingBytes: 0,
  oldestAgeMs: 0,
  inFlight: 0,
  retried: 0,
  reconnects: 0,
  outbox: null,
  lanes: {},
  subscriptions: [],
});

/** What stands in when no server is configured: publishing is one debug line, and nothing ever arrives. */
export const createDisabledEventStream = (log: Log): EventStream => ({
  enabled: false,
  emit: (type) => log.debug({ type }, 'EventStream not available, skipping event'),
  publish: () => Promise.reject(new EventStreamDisabledError()),
  publishWith: (_type, _payload, _options, outcome) => outcome.failed(new EventStreamDisabledError()),
  room: () => Promise.resolve(),
  subscribe: ({ durable }) => ({
    status: () => ({ ...createSubscriptionCounters(), durable, lag: 0, deadLettered: 0, inHand: 0 }),
    drain: () => Promise.resolve(),
  }),
  tail: ({ signal }) => ({
    [Symbol.asyncIterator]: () => ({
      async next() {
        if (!signal.aborted) await once(signal, 'abort');
        return { done: true, value: undefined };
      },
    }),
  }),
  lookUp: () => Promise.resolve(undefined),
  ready: false,
  status: emptyStatus,
  metrics: describeMetrics(emptyStatus),
  close: () => Promise.resolve(),
});
