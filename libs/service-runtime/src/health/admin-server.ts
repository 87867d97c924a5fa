import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import { ProblemError } from '../http/problem-error.ts';
import { sendProblem } from '../http/send-problem.ts';
import { startHttpServer, type StartedServer } from '../http/start-http-server.ts';
import type { Readiness } from './readiness.ts';

export interface AdminServerOptions {
  port: number;
  readiness: Readiness;
  registry: Registry;
  log: { error(fields: object, message: string): void };
}

/** `/livez`, `/readyz` and `/metrics`, for the platform and not for the public. */
export function startAdminServer(options: AdminServerOptions): Promise<StartedServer> {
  const app = (request: IncomingMessage, response: ServerResponse): void => {
    answer(options, request, response).catch((error: unknown) => {
      options.log.error({ err: error }, 'admin request failed');
      sendProblem(response, new ProblemError(500));
    });
  };
  return startHttpServer({ app, port: options.port, name: 'ADMIN_PORT' });
}

async function answer(
  { readiness, registry }: AdminServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '/').split('?', 1)[0];
  if (path !== '/livez' && path !== '/readyz' && path !== '/metrics') {
    sendProblem(response, new ProblemError(404, 'there are /livez, /readyz and /metrics'));
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    sendProblem(response, new ProblemError(405, undefined, { Allow: 'GET, HEAD' }));
    return;
  }
  if (path === '/metrics') {
    response.setHeader('Content-Type', registry.contentType);
    response.end(await registry.metrics());
    return;
  }
  const report = path === '/livez' ? { ready: true, status: 'alive' } : readiness.report();
  response.statusCode = report.ready ? 200 : 503;
  response.setHeader('Content-Type', 'application/json');
  response.setHeader('Cache-Control', 'no-store');
  response.end(JSON.stringify(report));
}
