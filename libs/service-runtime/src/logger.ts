import { pino, type Logger } from 'pino';
import pretty from 'pino-pretty';

import { redactSecrets } from './redact-secrets.ts';

export type { Logger } from 'pino';

export interface LoggerOptions {
  /** The service. */
  name: string;
  instance: string;
  level: string;
  /** Fields for each line, such as `trace_id` while a span is active. */
  mixin?: () => object;
}

/** One JSON object a line on stdout; readable text when stdout is a terminal. A reader that went away is no error. */
export function createLogger({ name, instance, level, mixin }: LoggerOptions): Logger {
  const destination = process.stdout.isTTY
    ? pretty({ destination: 1, sync: true, ignore: 'pid,hostname,instance', translateTime: 'HH:MM:ss.l' })
    : pino.destination({ dest: 1, sync: true });
  return pino(
    {
      name,
      level,
      base: { instance },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: redactSecrets },
      serializers: { err: describeError },
      ...(mixin ? { mixin } : {}),
    },
    destination,
  );
}

/**
 * What a log says of an error: its kind, its sentence, where it came from, and what caused it. Its other fields stay
 * out: a failed command or a refused token is kept there by the libraries that throw.
 */
export function describeError(error: unknown): unknown {
  return describe(error, 4);
}

/** Causes are followed a few steps only: a chain may lead back to its beginning. */
function describe(error: unknown, causes: number): unknown {
  if (!(error instanceof Error)) return error;
  return {
    type: error.name,
    message: error.message,
    ...('code' in error ? { code: error.code } : {}),
    stack: error.stack,
    ...(error.cause === undefined || causes === 0 ? {} : { cause: describe(error.cause, causes - 1) }),
  };
}
