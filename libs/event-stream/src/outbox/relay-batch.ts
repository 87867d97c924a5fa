import { isEventType, streamOf, type StreamName } from '@fleet/event-envelope';
import type { JetStreamManager } from '@nats-io/jetstream';

import { PublishError, type PublishErrorKind } from '../publish/publish-error.ts';
import type { Publisher } from '../publish/publisher.ts';
import { streamPlanOf } from '../streams/stream-plan.ts';
import { findStored } from './find-stored.ts';
import type { Lease, Outbox, OutboxEntry } from './outbox.ts';

const batchSize = 256;
const lookups = 16;
/** Well within the lease. */
const sendMs = 8_000;

/** Refusals after which an entry stays in the outbox: what may pass by itself or by a person's work on the server. */
const keepsWaiting: ReadonlySet<PublishErrorKind> = new Set([
  'aborted',
  'closed',
  'no_stream',
  'storage',
  'stream_full',
]);

const decoder = new TextDecoder();

/** The stream of a subject `charter.v1.<family>.<what>.<entity>`. */
const streamOfSubject = (subject: string): StreamName => {
  const type = subject.split('.').slice(2, 4).join('.');
  return isEventType(type) ? streamOf(type) : 'CHARTER_EVENTS';
};

/** It may be stored already, where the stream's own deduplication does not reach or is not to be relied on. */
const isDoubtful = (entry: OutboxEntry, nowMs: number): boolean => {
  const { duplicateWindowSeconds } = streamPlanOf(streamOfSubject(entry.subject), {});
  return entry.attemptedAt !== null || nowMs - entry.at > duplicateWindowSeconds * 800;
};

const storedAmong = async (jsm: JetStreamManager, entries: readonly OutboxEntry[]): Promise<Set<string>> => {
  const stored = new Set<string>();
  const left = [...entries];
  const look = async () => {
    for (let entry = left.shift(); entry !== undefined; entry = left.shift()) {
      if (await findStored(jsm, streamOfSubject(entry.subject), entry)) stored.add(entry.key);
    }
  };
  await Promise.all(Array.from({ length: lookups }, look));
  return stored;
};

const send = (publisher: Publisher, entry: OutboxEntry, signal: AbortSignal): Promise<'done' | 'kept'> =>
  new Promise((resolve) => {
    const stream = streamOfSubject(entry.subject);
    const waiter = {
      stored: () => {
        publisher.counters.relayed += 1;
        resolve('done');
      },
      failed: (error: PublishError) => {
        if (keepsWaiting.has(error.kind)) {
          resolve('kept');
          return;
        }
        publisher.setAside(message, { kind: error.kind, hope: 'never', detail: error.message }, stream);
        resolve('done');
      },
    };
    const message = publisher.messages.create({
      subject: entry.subject,
      id: entry.id,
      text: decoder.decode(entry.bytes),
      delivery: 'acknowledged',
      at: entry.at,
      waiter,
    });
    publisher.admit(message, stream, waiter, signal);
  });

/**
 * Sends the oldest entries of the outbox and removes what is stored. What may be stored already is looked for in its
 * stream first: so an event is there once, however late it is relayed.
 */
export const relayBatch = async (
  outbox: Outbox,
  lease: Lease,
  parts: { readonly jsm: JetStreamManager; readonly publisher: Publisher; readonly signal: AbortSignal },
): Promise<{ read: number; removed: number }> => {
  const entries = await outbox.read(batchSize);
  if (entries.length === 0) return { read: 0, removed: 0 };
  const now = Date.now();
  const stored = await storedAmong(
    parts.jsm,
    entries.filter((entry) => isDoubtful(entry, now)),
  );
  const unsent = entries.filter(({ key }) => !stored.has(key));
  if (unsent.length > 0) {
    await outbox.attempted(
      unsent.map(({ key }) => key),
      lease,
    );
  }
  const signal = AbortSignal.any([parts.signal, AbortSignal.timeout(sendMs)]);
  const outcomes = await Promise.all(unsent.map((entry) => send(parts.publisher, entry, signal)));
  const done = [...stored, ...unsent.filter((_, index) => outcomes[index] === 'done').map(({ key }) => key)];
  if (done.length > 0) await outbox.remove(done, lease);
  return { read: entries.length, removed: done.length };
};
