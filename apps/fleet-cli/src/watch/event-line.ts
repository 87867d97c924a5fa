import { entityOf, type CharterEvent } from '@fleet/event-envelope';
import type { Tailed } from '@fleet/event-stream';

import { printable, textOf, timeOf } from './printable.ts';

const excerptBytes = 80;

/** One event as one line a person can read: when, what, about whom, and the facts. */
export const eventLine = (tailed: Tailed): string => {
  const { event, error, storedAt, subject, bytes } = tailed;
  const parts =
    event === undefined
      ? [
          timeOf(storedAt),
          'unreadable',
          subject,
          error?.message ?? '',
          textOf(bytes.subarray(0, excerptBytes)),
        ]
      : [timeOf(event.timestamp * 1000), event.type, entityOf(event), factsOf(event)];
  return parts.map(printable).join('  ');
};

/** The same as JSON, with its place in the stream. What cannot be read is given as it is. */
export const eventJson = ({ event, error, bytes, subject, stream, sequence, storedAt }: Tailed): string =>
  JSON.stringify({
    stream,
    sequence,
    subject,
    stored_at: storedAt / 1000,
    ...(event === undefined ? { error: error?.message, raw: textOf(bytes) } : { event }),
  });

const namedBefore: ReadonlySet<string> = new Set(['robot_id', 'job_id']);

const factsOf = ({ payload }: CharterEvent): string =>
  Object.entries(payload)
    .filter(([name, value]) => !namedBefore.has(name) && value !== undefined)
    .map(([name, value]) => `${name}=${valueOf(value)}`)
    .join(' ');

const valueOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  const inner = Object.entries(value).map(([name, each]) => `${name}:${valueOf(each)}`);
  return `{${inner.join(' ')}}`;
};
