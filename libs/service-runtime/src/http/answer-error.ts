import type { ErrorRequestHandler } from 'express';
import { ProblemError } from './problem-error.ts';
import { templateOf } from './request-metrics.ts';
import { sendProblem } from './send-problem.ts';

export interface ErrorLog {
  error(fields: object, message: string): void;
}

/** The last word of an API: every error becomes problem details, and only those of our own making are logged. */
export function answerErrors(log: ErrorLog): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      // Half an answer cannot be taken back; express breaks the connection off.
      next(error);
      return;
    }
    const problem = problemOf(error);
    if (problem.status === 500) {
      const { method } = request;
      const route = templateOf(request.route);
      log.error(
        { err: error, method, route, requestId: response.getHeader('X-Request-Id') },
        'request failed',
      );
    }
    sendProblem(response, problem);
  };
}

/** The errors of express and its parsers carry a status; whatever carries none is a fault of ours. */
export function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof URIError) return new ProblemError(400, 'the URL is not properly encoded');
  const { status, type } = Object(error) as { status?: unknown; type?: unknown };
  if (typeof status !== 'number' || status < 400 || status > 499) {
    return new ProblemError(500, 'the fault is logged under the request id', {}, { cause: error });
  }
  return new ProblemError(status, typeof type === 'string' ? parserDetails[type] : undefined);
}

const parserDetails: Record<string, string> = {
  'entity.parse.failed': 'the body is not valid JSON',
  'entity.too.large': 'the body is larger than this service reads',
  'encoding.unsupported': 'the content encoding is not supported',
  'charset.unsupported': 'the charset is not supported, send UTF-8',
  'request.size.invalid': 'the body is not as long as Content-Length says',
};
