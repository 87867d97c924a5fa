import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { RequestHandler } from 'express';
import { templateOf } from '../http/request-metrics.ts';

/** A span for every request, below the caller's where it names one. Costs one look where no SDK is loaded. */
export const traceRequests: RequestHandler = (request, response, next) => {
  if (propagation.fields().length === 0) {
    next();
    return;
  }
  const caller = propagation.extract(context.active(), request.headers);
  const { method } = request;
  const span = trace.getTracer('@fleet/service-runtime').startSpan(
    method,
    {
      kind: SpanKind.SERVER,
      attributes: {
        'http.request.method': method,
        'url.path': request.path,
        'url.scheme': request.protocol,
      },
    },
    caller,
  );
  response.once('close', () => {
    const { statusCode } = response;
    const route = templateOf(request.route);
    span.updateName(`${method} ${route}`);
    span.setAttributes({ 'http.route': route, 'http.response.status_code': statusCode });
    if (statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  });
  context.with(trace.setSpan(caller, span), next);
};
