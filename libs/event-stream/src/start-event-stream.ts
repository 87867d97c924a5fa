import { streamOf } from '@fleet/event-envelope';

import { startConnection } from './connection/start-connection.ts';
import { createDisabledEventStream } from './disabled-event-stream.ts';
import { describeMetrics } from './describe-metrics.ts';
import type { EventStream } from './event-stream.ts';
import { flush } from './flush.ts';
import type { Log } from './log.ts';
import { createOutboxing } from './outbox/create-outboxing.ts';
import type { Outbox } from './outbox/outbox.ts';
import { Publisher } from './publish/publisher.ts';
import type { EventStreamSettings } from './settings.ts';
import { isReady, statusOf } from './status-of.ts';
import type { ContradictionError } from './streams/contradiction-error.ts';
import { createStreamKeeper, createStreamOnlooker } from './streams/stream-keeper.ts';
import { AnswerInbox } from './subscribe/answer-inbox.ts';
import { createSubscriptions } from './subscribe/create-subscriptions.ts';
import type { HandledEvents } from './subscribe/handled-events.ts';
import { lookUp } from './subscribe/look-up.ts';

export interface EventStreamParts {
  readonly log: Log;
  /** Where durable events wait when JetStream does not take them; without one they stay in memory. */
  readonly outbox?: Outbox | undefined;
  /** What subscriptions with `idempotent: 'store'` need. */
  readonly handled?: HandledEvents | undefined;
  /** An existing stream contradicts the settings: the service should say the error's sentence and exit. Logged otherwise. */
  readonly onContradiction?: ((error: ContradictionError) => void) | undefined;
}

const mebibyte = 1024 ** 2;
const lookUpWithinMs = 5_000;

/**
 * Starts publishing and subscribing. Connects in the background, however long it takes, and never throws for an absent
 * server. Without settings or servers there is no event stream, and everything that publishes works without it.
 */
export const startEventStream = (
  settings: EventStreamSettings | undefined,
  parts: EventStreamParts,
): EventStream => {
  const { log } = parts;
  if (settings === undefined || settings.servers.length === 0) return createDisabledEventStream(log);

  const keeper =
    settings.keepStreams === false
      ? createStreamOnlooker(log)
      : createStreamKeeper(settings, {
          log,
          onContradiction:
            parts.onContradiction ??
            ((error) => log.error({ stream: error.stream, err: error }, 'stream contradicts')),
        });
  const publisher = new Publisher({
    log,
    instance: settings.instance,
    window: { messages: 4096, bytes: 8 * mebibyte, ...settings.window },
    buffer: { messages: 16_384, bytes: 16 * mebibyte, ...settings.buffer },
    waiting: { messages: 262_144, bytes: 256 * mebibyte, ...settings.waiting },
    ackTimeoutMs: settings.ackTimeoutMs ?? 5_000,
    mend: async (stream) => keeper.mend(await connection.ready(), stream),
  });
  const answers = new AnswerInbox(lookUpWithinMs);
  const connection = startConnection(settings, {
    log,
    prepare: (nc) => keeper.ensureAll(nc),
    up(nc) {
      publisher.up(nc);
      answers.up(nc);
    },
    down: () => publisher.down(),
    gone: () => publisher.gone(),
    forbidden(subject) {
      publisher.forbidden(subject);
      answers.forbidden(subject);
    },
  });
  const outboxing = createOutboxing(parts.outbox, {
    publisher,
    connection,
    log,
    instance: settings.instance,
    afterMs: settings.outboxAfterMs ?? 1_000,
  });
  const subscriptions = createSubscriptions({
    connection,
    instance: settings.instance,
    log,
    handled: parts.handled,
    mend: async (stream) => keeper.mend(await connection.ready(), stream),
  });

  const status = () => statusOf(publisher, connection, outboxing, subscriptions);
  return {
    enabled: true,
    emit: (type, payload, options) => publisher.emit(type, payload, options),
    publish: (type, payload, options = {}) =>
      new Promise((stored, failed) => publisher.publish(type, payload, options, { stored, failed })),
    publishWith: (type, payload, options, outcome) => publisher.publish(type, payload, options, outcome),
    room: ({ type, signal } = {}) => publisher.room(type && streamOf(type), signal),
    subscribe: (options) => subscriptions.subscribe(options),
    tail: (options) => subscriptions.tail(options),
    async lookUp(type, entity, from, signal) {
      await connection.ready(signal);
      return lookUp(answers, type, entity, from, signal);
    },
    get ready() {
      return isReady(connection);
    },
    status,
    metrics: [...describeMetrics(status), ...subscriptions.metrics],
    async close(deadlineMs) {
      const until = Date.now() + deadlineMs;
      const left = () => Math.max(0, until - Date.now());
      await subscriptions.close(left() / 2);
      answers.close(new Error('the event stream is closed'));
      publisher.refuseMore();
      await flush(publisher, connection, outboxing.enabled, outboxing.enabled ? left() / 2 : left());
      await outboxing.close(left());
      publisher.abandon();
      await connection.stop();
    },
  };
};
