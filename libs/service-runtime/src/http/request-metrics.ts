import type { RequestHandler } from 'express';
import { Histogram, type Registry } from 'prom-client';

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Rate, errors and duration of requests. A label is the route's template, never a path: paths hold ids. */
export function measureRequests(registry: Registry): RequestHandler {
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from a request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  return (request, response, next) => {
    const startedAt = performance.now();
    response.once('close', () => {
      duration.observe(
        {
          method: methods.has(request.method) ? request.method : 'other',
          route: templateOf(request.route),
          status: String(response.statusCode),
        },
        (performance.now() - startedAt) / 1000,
      );
    });
    next();
  };
}

/** `/robots/:id/metrics`; `unmatched` where no route answered. */
export function templateOf(route: unknown): string {
  const path = typeof route === 'object' && route !== null && 'path' in route ? route.path : undefined;
  return typeof path === 'string' ? path : 'unmatched';
}
