import { context, propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';

/**
 * Takes a robot's message in a span that begins a trace: what is published meanwhile is in it, and so is what others make
 * of that. Costs one look where no SDK is loaded.
 */
export const tracedMessage = (
  connection: { readonly robotId: string; readonly connectionId: string },
  take: () => void,
): void => {
  if (propagation.fields().length === 0) {
    take();
    return;
  }
  const span = trace.getTracer('@fleet/telemetry-gateway').startSpan('receive fleet.v1', {
    kind: SpanKind.SERVER,
    root: true,
    attributes: {
      'network.protocol.name': 'websocket',
      'fleet.robot.id': connection.robotId,
      'fleet.connection.id': connection.connectionId,
    },
  });
  try {
    context.with(trace.setSpan(ROOT_CONTEXT, span), take);
  } finally {
    span.end();
  }
};
