import { randomUUID } from 'node:crypto';
import { context } from '@opentelemetry/api';
import express, { type Application, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Registry } from 'prom-client';
import { refuseOtherMethods } from './allowed-methods.ts';
import { answerErrors, type ErrorLog } from './answer-error.ts';
import { ProblemError } from './problem-error.ts';
import { traceRequests } from '../tracing/trace-requests.ts';
import { measureRequests } from './request-metrics.ts';

export interface ApiOptions {
  log: ErrorLog & { debug(fields: object, message: string): void };
  /** Adds the routes; on the app itself, so that other methods on them are answered with 405. */
  routes: (app: Application) => void;
  /** Stands before every route, such as {@link requireScope}. */
  authenticate?: RequestHandler;
  /** Takes `http_request_duration_seconds`. */
  registry?: Registry;
}

const maxBodyBytes = 65_536;

/**
 * A JSON API on express. Every error is problem details (RFC 9457) without a stack; answers carry `X-Request-Id`
 * and are not cached unless a route says so; bodies are JSON of at most 64 KiB.
 */
export function createApi({ log, routes, authenticate, registry }: ApiOptions): Application {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(traceRequests);
  app.use(identifyRequest);
  if (registry) app.use(measureRequests(registry));
  app.use(logRequests(log));
  app.use(helmet());
  app.use(refuseOtherMethods(app));
  if (authenticate) app.use(authenticate);
  app.use(refuseOtherMedia);
  app.use(express.json({ limit: maxBodyBytes, strict: false, type: isJson }));
  routes(app);
  app.use(() => {
    throw new ProblemError(404, 'there is nothing at this address');
  });
  app.use(answerErrors(log));
  return app;
}

const identifyRequest: RequestHandler = (request, response, next) => {
  const given = request.get('X-Request-Id');
  response.setHeader(
    'X-Request-Id',
    given !== undefined && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID(),
  );
  response.setHeader('Cache-Control', 'no-store');
  next();
};

const refuseOtherMedia: RequestHandler = (request, _response, next) => {
  const hasBody =
    request.get('Transfer-Encoding') !== undefined || Number(request.get('Content-Length') ?? 0) > 0;
  if (hasBody && !isJson(request))
    throw new ProblemError(415, 'send application/json', { Accept: 'application/json' });
  next();
};

function isJson(request: { headers: NodeJS.Dict<string | string[]> }): boolean {
  const type = request.headers['content-type'];
  return typeof type === 'string' && /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type);
}

function logRequests(log: ApiOptions['log']): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    const answered = (): void => {
      log.debug(
        {
          method: request.method,
          path: request.path,
          status: response.statusCode,
          durationMs: Math.round(performance.now() - startedAt),
          requestId: response.getHeader('X-Request-Id'),
        },
        'request answered',
      );
    };
    // The connection that closes an answer knows nothing of the request's trace.
    response.once('close', context.bind(context.active(), answered));
    next();
  };
}
