import { tracingChannel, type TracingChannelSubscribers } from 'node:diagnostics_channel';
import { SpanKind, SpanStatusCode, trace, type Span } from '@opentelemetry/api';

/** What ioredis tells of a command on its channel. Arguments stay out of spans: keys hold ids. */
interface Command {
  readonly command: string;
  readonly database: number;
  readonly serverAddress: string;
  readonly serverPort: number | undefined;
  readonly error?: unknown;
}

/**
 * A span for every Redis command in the course of traced work, by what ioredis tells the process's diagnostics channels.
 * The returned function ends it.
 */
export const traceRedis = (): (() => void) => {
  const tracer = trace.getTracer('@fleet/service-runtime');
  const spans = new WeakMap<object, Span>();

  const begin = (told: object): void => {
    if (trace.getActiveSpan() === undefined) return;
    const { command, database, serverAddress, serverPort } = told as Command;
    const operation = command.toUpperCase();
    const attributes = {
      'db.system.name': 'redis',
      'db.operation.name': operation,
      'db.namespace': String(database),
      'server.address': serverAddress,
      ...(serverPort !== undefined && { 'server.port': serverPort }),
    };
    spans.set(told, tracer.startSpan(operation, { kind: SpanKind.CLIENT, attributes }));
  };

  const subscribers: TracingChannelSubscribers<object> = {
    start: begin,
    end: () => undefined,
    asyncStart: () => undefined,
    error(told) {
      const { error } = told as Command;
      const message = error instanceof Error ? error.message : String(error);
      spans.get(told)?.setStatus({ code: SpanStatusCode.ERROR, message });
    },
    asyncEnd: (told) => spans.get(told)?.end(),
  };
  const channel = tracingChannel<unknown, object>('ioredis:command');
  channel.subscribe(subscribers);
  return () => {
    channel.unsubscribe(subscribers);
  };
};
