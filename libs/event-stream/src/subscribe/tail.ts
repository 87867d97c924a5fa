import { streamSubjects, type StreamName } from '@fleet/event-envelope';
import type { Msg } from '@nats-io/nats-core';

import { parseAckSubject } from './ack-subject.ts';
import type { SubscriptionsParts } from './create-subscriptions.ts';
import { intersect, matches } from './subject-filter.ts';
import type { TailOptions, Tailed } from './subscription.ts';
import { TailReader } from './tail-reader.ts';
import { toTailed } from './to-tailed.ts';

/** The subjects of each stream that the filters select. */
const selected = (filters: readonly string[]): [StreamName, string[]][] =>
  (Object.entries(streamSubjects) as [StreamName, readonly string[]][])
    .map(([stream, subjects]): [StreamName, string[]] => {
      const found = subjects.flatMap((subject) => filters.map((filter) => intersect(filter, subject)));
      return [stream, [...new Set(found.filter((each) => each !== undefined))]];
    })
    .filter(([, subjects]) => subjects.length > 0);

const read = (message: Msg): Tailed => {
  const { stream, sequence, storedAt } = parseAckSubject(message.reply ?? '');
  const { data: bytes, subject, headers } = message;
  return toTailed({ bytes, subject, stream, sequence, storedAt }, headers);
};

/**
 * Reads along, each stream in its order, without leaving a trace on the server. Goes on where it was after a lost
 * connection or consumer. Takes no more than it can hold: who reads slowly lags behind. Ends when the signal says so.
 */
export async function* tail(options: TailOptions, parts: SubscriptionsParts): AsyncGenerator<Tailed, void> {
  const filters = options.filters ?? ['charter.v1.>'];
  const ending = new AbortController();
  const signal = AbortSignal.any([ending.signal, options.signal, parts.connection.closed]);
  const queue: { message: Msg; reader: TailReader }[] = [];
  let wake: () => void = () => undefined;
  const readers = selected(filters).map(([stream, subjects]) => {
    const reader: TailReader = new TailReader({
      connection: parts.connection,
      log: parts.log,
      mend: (gone) => parts.mend(gone),
      stream,
      subjects,
      from: options.from,
      signal,
      onMessage: (message) => {
        queue.push({ message, reader });
        wake();
      },
    });
    return reader;
  });
  if (readers.length === 0) {
    throw new RangeError(`tail: no subject of the Charter matches ${JSON.stringify(filters)}`);
  }
  const aborted = () => wake();
  const isOver = () => signal.aborted;
  signal.addEventListener('abort', aborted);
  try {
    while (!isOver()) {
      // Taken in bulk: shifting a long array for each message would cost more than the rest.
      for (const { message, reader } of queue.splice(0)) {
        if (isOver()) return;
        if (filters.some((filter) => matches(filter, message.subject))) yield read(message);
        reader.taken(message);
      }
      if (queue.length === 0 && !isOver()) await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    signal.removeEventListener('abort', aborted);
    ending.abort();
  }
}
