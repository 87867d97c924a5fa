import type { ServerResponse } from 'node:http';
import type { ProblemError } from './problem-error.ts';

/** Answers with problem details, or breaks the connection off when an answer has already begun. */
export function sendProblem(response: ServerResponse, error: ProblemError): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const requestId = response.getHeader('X-Request-Id');
  const problem = error.toProblem();
  if (typeof requestId === 'string') problem.request_id = requestId;
  response.statusCode = error.status;
  for (const [name, value] of Object.entries(error.headers)) response.setHeader(name, value);
  response.setHeader('Content-Type', 'application/problem+json');
  response.setHeader('Cache-Control', 'no-store');
  response.end(JSON.stringify(problem));
}
