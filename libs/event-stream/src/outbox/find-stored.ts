import { DeliverPolicy, type JetStreamManager, type StoredMsg } from '@nats-io/jetstream';

import { isStreamGone } from '../streams/is-stream-gone.ts';
import type { OutboxEntry } from './outbox.ts';

/** The same event may have been stored by another process this long before it was made here. */
const lookBackMs = 3_600_000;
/** How many later events of a subject are looked at. */
const scanBound = 2_000;
const scanBatch = 250;

const idOf = (headers: { get(name: string): string } | undefined): string =>
  headers?.get('Nats-Msg-Id') ?? '';

/** None in a stream that is gone: it is made anew when something is sent to it. */
const newestOf = async (
  jsm: JetStreamManager,
  stream: string,
  subject: string,
): Promise<StoredMsg | null> => {
  try {
    return await jsm.streams.getMessage(stream, { last_by_subj: subject });
  } catch (error) {
    if (isStreamGone(error)) return null;
    throw error;
  }
};

/**
 * Whether a stream holds an event already: first the newest of its subject, and when that is no older than the event may
 * be, the events of the subject since.
 */
export const findStored = async (
  jsm: JetStreamManager,
  stream: string,
  entry: Pick<OutboxEntry, 'id' | 'subject' | 'at'>,
): Promise<boolean> => {
  const since = entry.at - lookBackMs;
  const newest = await newestOf(jsm, stream, entry.subject);
  if (newest === null || newest.time.getTime() < since) return false;
  if (idOf(newest.header) === entry.id) return true;

  const consumer = await jsm.jetstream().consumers.get(stream, {
    filter_subjects: entry.subject,
    deliver_policy: DeliverPolicy.StartTime,
    opt_start_time: new Date(since).toISOString(),
    headers_only: true,
  });
  try {
    for (let looked = 0; looked < scanBound;) {
      let got = 0;
      for await (const message of await consumer.fetch({ max_messages: scanBatch, expires: 1_000 })) {
        if (idOf(message.headers) === entry.id) return true;
        if (message.info.pending === 0) return false;
        got += 1;
      }
      if (got === 0) return false;
      looked += got;
    }
    return false;
  } finally {
    // It would go by itself, but later.
    await consumer.delete().catch(() => false);
  }
};
