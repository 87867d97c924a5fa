import type { Tailed } from '@fleet/event-stream';

import { printable, textOf, timeOf } from '../watch/printable.ts';

/** What a dead letter says about itself, in its headers. */
const factsOf = ({ headers }: Tailed) => ({
  kind: headers['Charter-Error-Kind'] ?? 'unknown',
  error: headers['Charter-Error'] ?? '',
  stream: headers['Charter-Stream'] ?? '?',
  sequence: headers['Charter-Sequence'] ?? '?',
  deliveries: headers['Charter-Deliveries'] ?? '?',
  subject: headers['Charter-Subject'] ?? '?',
});

/** A dead letter as one line: when, why, which message, who could not handle it, and what was said. */
export const deadLetterLine = (tailed: Tailed): string => {
  const { kind, error, stream, sequence, deliveries, subject } = factsOf(tailed);
  const what = `${subject} (${stream} ${sequence}, ${deliveries} deliveries)`;
  return [timeOf(tailed.storedAt), kind, tailed.subject, what, error].map(printable).join('  ');
};

export const deadLetterJson = (tailed: Tailed): string =>
  JSON.stringify({
    ...factsOf(tailed),
    dead_letter: { stream: tailed.stream, sequence: tailed.sequence, subject: tailed.subject },
    stored_at: tailed.storedAt / 1000,
    headers: tailed.headers,
    ...(tailed.event === undefined ? { raw: textOf(tailed.bytes) } : { event: tailed.event }),
  });
