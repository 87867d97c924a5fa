import { pino, type Logger, type LoggerOptions as PinoOptions } from 'pino';
import pretty from 'pino-pretty';

import { describeBriefly, describeError } from './describe-error.ts';
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

const { info, error } = pino.levels.values as { info: number; error: number };

const hooks: NonNullable<PinoOptions['hooks']> = {
  /** A warning is of what services must expect, as that NATS or Redis is away: it says what happened and not where. */
  logMethod(args, method, level) {
    const [fields, ...rest] = args as unknown[];
    const isBrief = level >= info && level < error && hasError(fields);
    const said = isBrief ? [{ ...fields, err: describeBriefly(fields.err) }, ...rest] : args;
    method.apply(this, said as typeof args);
  },
};

const hasError = (fields: unknown): fields is { err: Error } =>
  typeof fields === 'object' && fields !== null && 'err' in fields && fields.err instanceof Error;

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
      formatters: { level: (label) => ({ level: label }), bindings: redactSecrets, log: redactSecrets },
      // Errors are described by then: pino's own would take the description for an error and lose its kind.
      serializers: { err: describeError },
      hooks,
      ...(mixin ? { mixin } : {}),
    },
    destination,
  );
}
