import { describeError } from './describe-error.ts';

/** Fields that are never written, whatever their case. */
const secretFields = new Set([
  'authorization',
  'cookie',
  'set-cookie',
  'sec-websocket-protocol',
  'password',
  'token',
  'secret',
]);

/** The headers of a request within something that is logged stand at the fourth. */
const levels = 4;

/**
 * The same fields, with secrets replaced wherever they stand at the first four levels, and with errors described. What is
 * interpolated into a message is not looked at. Pino's own redaction goes through all its paths once for each field of a
 * line, also of one that holds nothing: that was most of what a line cost.
 */
export const redactSecrets = (
  fields: Record<string, unknown>,
  describe: Describe = describeError,
): Record<string, unknown> => redact(fields, levels, describe) as Record<string, unknown>;

type Describe = (error: Error) => unknown;

const redact = (value: unknown, levelsLeft: number, describe: Describe): unknown => {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (value instanceof Error) return describe(value);
  if (levelsLeft === 0) return value;
  if (Array.isArray(value)) return Array.from(value, (each) => redact(each, levelsLeft - 1, describe));
  let redacted: Record<string, unknown> | undefined;
  for (const [key, held] of Object.entries(value)) {
    const clean = secretFields.has(key.toLowerCase()) ? '[redacted]' : redact(held, levelsLeft - 1, describe);
    if (clean !== held) (redacted ??= copyOf(value))[key] = clean;
  }
  return redacted ?? value;
};

/** One of the same kind, which may say itself what it looks like as JSON. */
const copyOf = (value: object): Record<string, unknown> =>
  Object.assign(
    Object.create(Object.getPrototypeOf(value) as object | null) as Record<string, unknown>,
    value,
  );
