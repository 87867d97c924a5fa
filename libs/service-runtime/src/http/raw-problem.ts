import type { ProblemError } from './problem-error.ts';

/** A whole HTTP/1.1 answer, for a socket that has no response object: a refused upgrade or an unreadable request. */
export function rawProblem(error: ProblemError): string {
  const body = JSON.stringify(error.toProblem());
  const headers = {
    ...error.headers,
    'Content-Type': 'application/problem+json',
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
    Connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${error.status} ${error.title}\r\n${lines.join('')}\r\n${body}`;
}
