import { jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

import { streamOf, subjectFilter, type CharterEvent, type EventType } from '@fleet/event-envelope';

import type { Robot } from './robots.ts';

/** All events of a type that are stored now, read with the plain client of the NATS team. */
export const readStored = async <T extends EventType>(
  servers: string,
  type: T,
): Promise<CharterEvent<T>[]> => {
  const connection = await connect({ servers, timeout: 10_000 });
  try {
    const consumer = await jetstream(connection, { timeout: 10_000 }).consumers.get(streamOf(type), {
      filter_subjects: subjectFilter(type),
    });
    const events: CharterEvent<T>[] = [];
    if ((await consumer.info()).num_pending === 0) return events;
    for await (const message of await consumer.consume({ max_messages: 2000 })) {
      events.push(message.json());
      if (message.info.pending === 0) break;
    }
    return events;
  } finally {
    await connection.close();
  }
};

/** Numbers that were confirmed and are not stored, or are stored twice, in words. */
export const faultsOfStored = async (servers: string, robots: readonly Robot[]): Promise<string[]> => {
  const times = new Map<string, number>();
  for (const { payload } of await readStored(servers, 'telemetry.data_received')) {
    const key = `${payload.robot_id}: ${String(payload.metrics['value'])}`;
    times.set(key, (times.get(key) ?? 0) + 1);
  }
  return robots.flatMap(({ robotId, acked }) =>
    [...acked].flatMap((value) => {
      const key = `${robotId}: ${value}`;
      const count = times.get(key) ?? 0;
      return count === 1 ? [] : `${key} is stored ${count} times`;
    }),
  );
};
