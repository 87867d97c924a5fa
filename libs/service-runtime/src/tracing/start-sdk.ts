import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { traceRedis } from './trace-redis.ts';
import type { Tracing, TracingLog } from './start-tracing.ts';

const stopWithinMs = 2_000;
const complainEveryMs = 60_000;

/** Records spans and sends them to OTEL_EXPORTER_OTLP_ENDPOINT. Once in a process. */
export const startSdk = (name: string, instance: string, log: TracingLog): Tracing => {
  complainSeldom(log);
  const own = resourceFromAttributes({ 'service.name': name, 'service.instance.id': instance });
  const fromEnvironment = detectResources({ detectors: [envDetector] });
  const provider = new BasicTracerProvider({
    resource: defaultResource().merge(own).merge(fromEnvironment),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  const stopTracingRedis = traceRedis();
  return {
    async stop() {
      stopTracingRedis();
      await Promise.race([provider.shutdown().catch(() => undefined), afterwards()]);
    },
  };
};

const afterwards = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, stopWithinMs).unref();
  });

/** A collector that is away fails every few seconds. */
const complainSeldom = (log: TracingLog): void => {
  let complainedAt = -Infinity;
  setGlobalErrorHandler((error) => {
    const now = performance.now();
    if (now - complainedAt < complainEveryMs) return;
    complainedAt = now;
    log.warn({ reason: typeof error === 'string' ? error : error.message }, 'traces are not being exported');
  });
};
