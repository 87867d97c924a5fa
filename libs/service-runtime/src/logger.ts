import { pino, type Logger } from 'pino';
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

/** One JSON object a line on stdout; readable text when stdout is a terminal. A reader that went away is no error. */
export function createLogger({ name, instance, level, mixin }: LoggerOptions): Logger {
  const destination = process.stdout.isTTY
    ? pretty({ destination: 1, sync: true, ignore: 'pid,hostname,instance', translateTime: 'HH:MM:ss.l' })
    : pino.destination({ dest: 1, sync: true });
  // A warning is of what services must expect, as that NATS or Redis is away: it says what happened and not where.
  let isBrief = false;
  const describe = (found: unknown): unknown => (isBrief ? describeBriefly(found) : describeError(found));
  const redact = (fields: Record<string, unknown>) => redactSecrets(fields, describe);
  return pino(
    {
      name,
      level,
      base: { instance },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), bindings: redact, log: redact },
      // Errors are described by then: pino's own would take the description for an error and lose its kind.
      serializers: { err: describe },
      hooks: {
        logMethod(args, method, ofLevel) {
          isBrief = ofLevel >= info && ofLevel < error;
          try {
            method.apply(this, args);
          } finally {
            isBrief = false;
          }
        },
      },
      ...(mixin ? { mixin } : {}),
    },
    destination,
  );
}
