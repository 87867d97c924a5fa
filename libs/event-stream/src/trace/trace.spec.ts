import { createEvent } from '@fleet/event-envelope';
import { headers } from '@nats-io/nats-core';
import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';

import { outgoingTrace } from './outgoing-trace.ts';
import { traced } from './traced-handling.ts';

const type = 'telemetry.connection_closed';
const event = (traceparent?: string) =>
  createEvent(
    type,
    { robot_id: 'robot_7', connection_id: 'c', duration_seconds: 1, reason: 'replaced', disconnected_at: 1 },
    { meta: { traceparent } },
  );
const delivery = (of?: ReturnType<typeof headers>) => ({
  headers: of,
  subject: `charter.v1.${type}.robot_7`,
  sequence: 17,
  tries: 1,
});
const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('without an SDK', () => {
  it('gives no context away and runs the handler as it is', () => {
    expect(outgoingTrace(type)).toBeUndefined();
    const start = jest.spyOn(trace, 'getTracer');
    expect(traced(event(parent), delivery(), 'audit', () => 7)).toBe(7);
    expect(start).not.toHaveBeenCalled();
  });
});

describe('with an SDK', () => {
  const exporter = new InMemorySpanExporter();

  beforeAll(() => {
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    trace.setGlobalTracerProvider(provider);
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  });

  beforeEach(() => exporter.reset());

  afterAll(() => {
    trace.disable();
    propagation.disable();
    context.disable();
  });

  it('begins no trace with an event', () => {
    expect(outgoingTrace(type)).toBeUndefined();
    expect(exporter.getFinishedSpans()).toHaveLength(0);
  });

  it('sends on the active context, by a span that is named after no robot', () => {
    const sent = trace.getTracer('test').startActiveSpan('work', (span) => {
      const outgoing = outgoingTrace(type);
      span.end();
      return outgoing;
    });
    const [send, work] = exporter.getFinishedSpans();
    expect(send?.name).toBe('send charter.v1.telemetry.connection_closed.{robot_id}');
    expect(send?.kind).toBe(SpanKind.PRODUCER);
    expect(send?.attributes['messaging.system']).toBe('nats');
    expect(send?.parentSpanContext?.spanId).toBe(work?.spanContext().spanId);
    expect(sent?.traceparent).toContain(send?.spanContext().spanId);
  });

  it('handles an event within the trace of its headers', async () => {
    const own = headers();
    own.set('traceparent', parent);
    own.set('tracestate', 'vendor=1');
    const inside = await traced(event(), delivery(own), 'audit', async () => {
      await Promise.resolve();
      return trace.getActiveSpan()?.spanContext();
    });
    const [process] = exporter.getFinishedSpans();
    expect(process?.name).toBe('process charter.v1.telemetry.connection_closed.{robot_id}');
    expect(process?.kind).toBe(SpanKind.CONSUMER);
    expect(process?.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
    expect(process?.spanContext()).toEqual(inside);
    expect(inside?.traceId).toBe('0af7651916cd43dd8448eb211c80319c');
    expect(inside?.traceState?.get('vendor')).toBe('1');
    expect(process?.attributes).toMatchObject({
      'messaging.consumer.group.name': 'audit',
      'messaging.destination.template': 'charter.v1.telemetry.connection_closed.{robot_id}',
    });
  });

  it('falls back to the context in meta, and to none', () => {
    void traced(event(parent), delivery(), 'audit', () => undefined);
    void context.with(ROOT_CONTEXT, () => traced(event(), delivery(), 'audit', () => undefined));
    const [first, second] = exporter.getFinishedSpans();
    expect(first?.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
    expect(second?.parentSpanContext).toBeUndefined();
  });

  it('says of a handler that failed why, and leaves the failure to the caller', async () => {
    const sync = () =>
      traced(event(), delivery(), 'audit', () => {
        throw new Error('at once');
      });
    expect(sync).toThrow('at once');
    const late = traced(event(), delivery(), 'audit', () => Promise.reject(new Error('late')));
    await expect(late).rejects.toThrow('late');
    const statuses = exporter.getFinishedSpans().map(({ status }) => status);
    expect(statuses).toEqual([
      { code: SpanStatusCode.ERROR, message: 'at once' },
      { code: SpanStatusCode.ERROR, message: 'late' },
    ]);
  });
});
