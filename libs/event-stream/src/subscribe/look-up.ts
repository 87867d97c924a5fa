import { streamOf, subjectFilter, type EventType } from '@fleet/event-envelope';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';

import type { Tailed } from './subscription.ts';
import { toTailed } from './to-tailed.ts';

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
  if (message === null) return undefined;
  const { data: bytes, seq: sequence, time, header } = message;
  return toTailed({ bytes, subject: message.subject, stream, sequence, storedAt: time.getTime() }, header);
};
