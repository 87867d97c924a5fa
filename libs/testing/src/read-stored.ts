import { jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

import { streamOf, subjectFilter, type CharterEvent, type EventType } from '@fleet/event-envelope';

import type { NatsLogin } from './nats-cluster.ts';

/**
 * All events of a type that are stored now, in stored order, read with the plain client of the NATS team: the oracle
 * shares no code with what it judges.
 */
export const readStored = async <T extends EventType>(
  natsUrl: string,
  type: T,
  login?: NatsLogin,
): Promise<CharterEvent<T>[]> => {
  const connection = await connect({ servers: natsUrl.split(','), timeout: 10_000, ...login });
  try {
    const filter_subjects = subjectFilter(type);
    const consumer = await jetstream(connection, { timeout: 10_000 }).consumers.get(streamOf(type), {
      filter_subjects,
    });
    const stored: CharterEvent<T>[] = [];
    if ((await consumer.info()).num_pending === 0) return stored;
    for await (const message of await consumer.consume({ max_messages: 2000 })) {
      stored.push(message.json());
      if (message.info.pending === 0) break;
    }
    return stored;
  } finally {
    await connection.close();
  }
};
