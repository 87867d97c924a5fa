import { trace } from '@opentelemetry/api';

/** The fields by which a log line is found from its trace, and the other way round; none outside of traced work. */
export const activeTrace = (): { trace_id?: string; span_id?: string } => {
  const span = trace.getActiveSpan()?.spanContext();
  return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
};
