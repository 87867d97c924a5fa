import { EventParseError, parseEvent, streamOf, subjectFilter, type EventType } from '@fleet/event-envelope';
import { jetstreamManager, type StoredMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';

import type { Tailed } from './subscription.ts';

const timeoutMs = 5_000;

/** One stored event of a type about one entity, as the stream's leader knows it. */
export const lookUp = async (
  nc: NatsConnection,
  type: EventType,
  entity: string,
  from: number | 'newest',
): Promise<Tailed | undefined> => {
  const stream = streamOf(type);
  const subject = subjectFilter(type, entity);
  const jsm = await jetstreamManager(nc, { checkAPI: false, timeout: timeoutMs });
  const query = from === 'newest' ? { last_by_subj: subject } : { seq: from, next_by_subj: subject };
  const message = await jsm.streams.getMessage(stream, query);
  return message === null ? undefined : read(message, stream);
};

const read = (message: StoredMsg, stream: string): Tailed => {
  const { data: bytes, subject, seq: sequence, time, header } = message;
  const headers = Object.fromEntries([...header].map(([name, values]) => [name, values.join(', ')]));
  const facts = { bytes, subject, headers, stream, sequence, storedAt: time.getTime() };
  try {
    return { ...facts, event: parseEvent(bytes) };
  } catch (error) {
    if (error instanceof EventParseError) return { ...facts, error };
    throw error;
  }
};
