import type { EventType } from '@fleet/event-envelope';
import { context, propagation, SpanKind, trace } from '@opentelemetry/api';

import { destinationOf, tracerName } from './messaging-attributes.ts';

/** The trace context that an event carries on, W3C form. */
export interface OutgoingTrace {
  readonly traceparent: string;
  readonly tracestate?: string | undefined;
}

/**
 * The context for an event made in the course of traced work, as a span `send <destination>` below the active one.
 * `undefined`, for the price of a look, when no span is active: no trace begins with an event.
 */
export const outgoingTrace = (type: EventType): OutgoingTrace | undefined => {
  if (trace.getActiveSpan() === undefined) return undefined;
  const destination = destinationOf(type);
  const span = trace.getTracer(tracerName).startSpan(`send ${destination}`, {
    kind: SpanKind.PRODUCER,
    attributes: {
      'messaging.system': 'nats',
      'messaging.operation.type': 'send',
      'messaging.operation.name': 'send',
      'messaging.destination.template': destination,
    },
  });
  const carrier: { traceparent?: string; tracestate?: string } = {};
  propagation.inject(trace.setSpan(context.active(), span), carrier);
  span.end();
  return carrier.traceparent === undefined
    ? undefined
    : { traceparent: carrier.traceparent, tracestate: carrier.tracestate };
};
