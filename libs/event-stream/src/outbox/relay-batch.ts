import { isEventType, streamOf, type StreamName } from '@fleet/event-envelope';
import type { JetStreamManager } from '@nats-io/jetstream';

import { PublishError, type PublishErrorKind } from '../publish/publish-error.ts';
import type { Publisher } from '../publish/publisher.ts';
import { streamPlanOf } from '../streams/stream-plan.ts';
import { findStored } from './find-stored.ts';
import type { ForbiddenSubjects } from './forbidden-subjects.ts';
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
  'overflow',
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

const subjectPattern = /^[^.*>]+(\.[^.*>]+)*$/;
/** Well within the line that a server reads. */
const plainToken = /^[\x21-\x7e]{1,500}$/;

/** Whether it can be sent: the subject goes into a protocol line, the id into a header. */
const isSendable = ({ subject, id }: OutboxEntry): boolean =>
  plainToken.test(subject) && subjectPattern.test(subject) && plainToken.test(id);

type Outcome = 'done' | 'kept' | 'forbidden';

const setAside = (
  publisher: Publisher,
  entry: OutboxEntry,
  kind: PublishErrorKind,
  detail: string,
): Outcome => {
  const { subject, id, at, bytes: data } = entry;
  const letter = { subject, id, at, data, headerLines: '' };
  publisher.settling.setAside(letter, { kind, hope: 'never', detail }, streamOfSubject(subject));
  return 'done';
};

const send = (publisher: Publisher, entry: OutboxEntry, signal: AbortSignal): Promise<Outcome> =>
  new Promise((resolve) => {
    const waiter = {
      stored: () => {
        publisher.counters.relayed += 1;
        resolve('done');
      },
      failed: (error: Error) => {
        const kind = error instanceof PublishError ? error.kind : 'refused';
        if (kind === 'permission') resolve('forbidden');
        else if (keepsWaiting.has(kind)) resolve('kept');
        else resolve(setAside(publisher, entry, kind, error.message));
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
    publisher.admit(message, streamOfSubject(entry.subject), waiter, signal);
  });

export interface BatchParts {
  readonly jsm: JetStreamManager;
  readonly publisher: Publisher;
  readonly signal: AbortSignal;
  /** What this process may not publish: another may. */
  readonly forbidden: ForbiddenSubjects;
}

export interface Batch {
  readonly removed: number;
  /** The last entry looked at; none when there are no more. */
  readonly last: string | undefined;
  /** What is still there of what was looked at: nothing, what only another may publish, or what has to wait. */
  readonly left: 'nothing' | 'forbidden' | 'waiting';
}

/**
 * Sends the oldest entries of the outbox behind a key and removes what is stored. What may be stored already is looked
 * for in its stream first: so an event is there once, however late it is relayed.
 */
export const relayBatch = async (
  outbox: Outbox,
  lease: Lease,
  { jsm, publisher, forbidden, ...parts }: BatchParts,
  after: string | undefined,
): Promise<Batch> => {
  const entries = await outbox.read(batchSize, after);
  const now = Date.now();
  const sendable = entries.filter((entry) => isSendable(entry) && !forbidden.has(entry.subject, now));
  const stored = await storedAmong(
    jsm,
    sendable.filter((entry) => isDoubtful(entry, now)),
  );
  const unsent = sendable.filter(({ key }) => !stored.has(key));
  if (unsent.length > 0) {
    await outbox.attempted(
      unsent.map(({ key }) => key),
      lease,
    );
  }
  const signal = AbortSignal.any([parts.signal, AbortSignal.timeout(sendMs)]);
  const outcomes = await Promise.all(unsent.map((entry) => send(publisher, entry, signal)));
  const done = [...stored, ...unsent.filter((_, index) => outcomes[index] === 'done').map(({ key }) => key)];
  for (const entry of entries) {
    if (isSendable(entry)) continue;
    setAside(publisher, entry, 'invalid', 'no subject and id that can be sent');
    done.push(entry.key);
  }
  for (const [index, { subject }] of unsent.entries()) {
    if (outcomes[index] === 'forbidden') forbidden.add(subject, now);
  }
  if (done.length > 0) await outbox.remove(done, lease);
  const waiting = outcomes.includes('kept');
  const all = done.length === entries.length;
  return {
    removed: done.length,
    last: entries.at(-1)?.key,
    left: waiting ? 'waiting' : all ? 'nothing' : 'forbidden',
  };
};
