import type { CharterEvent } from '@fleet/event-envelope';
import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type TextMapGetter,
} from '@opentelemetry/api';
import type { MsgHdrs } from '@nats-io/nats-core';

import { isThenable } from '../subscribe/is-thenable.ts';
import { destinationOf, tracerName } from './messaging-attributes.ts';

/** What of a delivery a trace needs. */
export interface TracedDelivery {
  readonly headers: MsgHdrs | undefined;
  readonly subject: string;
  readonly sequence: number;
  readonly tries: number;
}

const fromHeaders: TextMapGetter<MsgHdrs> = {
  get: (headers, key) => headers.get(key) || undefined,
  keys: (headers) => headers.keys(),
};

/** The context an event carries: in its headers, or in `meta` where a producer or a relay has kept no headers. */
const contextOf = (event: CharterEvent, { headers }: TracedDelivery): Context => {
  if (headers?.has('traceparent')) return propagation.extract(ROOT_CONTEXT, headers, fromHeaders);
  const { traceparent } = event.meta;
  return traceparent === undefined ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, { traceparent });
};

const fail = (span: Span, error: unknown): void => {
  span.recordException(error instanceof Error ? error : String(error));
  span.setStatus({
    code: SpanStatusCode.ERROR,
    message: error instanceof Error ? error.message : String(error),
  });
  span.end();
};

/**
 * Runs the handling of an event in a span `process <destination>` below the context that the event carries. Costs one
 * look where no SDK has set a propagator.
 */
export const traced = <Result>(
  event: CharterEvent,
  delivery: TracedDelivery,
  durable: string,
  handle: () => Promise<Result> | Result,
): Promise<Result> | Result => {
  if (propagation.fields().length === 0) return handle();
  const destination = destinationOf(event.type);
  const parent = contextOf(event, delivery);
  const span = trace.getTracer(tracerName).startSpan(
    `process ${destination}`,
    {
      kind: SpanKind.CONSUMER,
      attributes: {
        'messaging.system': 'nats',
        'messaging.operation.type': 'process',
        'messaging.operation.name': 'process',
        'messaging.destination.template': destination,
        'messaging.destination.name': delivery.subject,
        'messaging.consumer.group.name': durable,
        'messaging.message.id': event.id,
        'messaging.nats.stream.sequence': delivery.sequence,
        'messaging.nats.delivery.count': delivery.tries,
      },
    },
    parent,
  );
  try {
    const result = context.with(trace.setSpan(parent, span), handle);
    if (!isThenable(result)) {
      span.end();
      return result;
    }
    return Promise.resolve(result).then(
      (value) => {
        span.end();
        return value;
      },
      (error: unknown) => {
        fail(span, error);
        throw error;
      },
    );
  } catch (error) {
    fail(span, error);
    throw error;
  }
};
