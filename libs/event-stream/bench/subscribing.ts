import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { nuid, type NatsConnection } from '@nats-io/nats-core';

import { parseEvent } from '@fleet/event-envelope';
import type { EventStream } from '@fleet/event-stream';
import type { Contender } from './measure.ts';

const stream = 'CHARTER_TELEMETRY';

export const readerNames = {
  bare: 'bare pull consumer, acknowledged, not parsed',
  bareParsed: 'bare pull consumer, parsed, acknowledged',
  ours: 'subscribe',
} as const;

/** Reads so many messages from the beginning with a durable of its own. */
const readBare = async (
  nc: NatsConnection,
  count: number,
  look: (bytes: Uint8Array) => void,
): Promise<void> => {
  const durable = `bare_${nuid.next()}`;
  const manager = await jetstreamManager(nc);
  await manager.consumers.add(stream, {
    durable_name: durable,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    max_ack_pending: 65_536,
  });
  const consumer = await jetstream(nc).consumers.get(stream, durable);
  await new Promise<void>((resolve, reject) => {
    let seen = 0;
    consumer
      .consume({
        max_messages: 512,
        callback: (message) => {
          look(message.data);
          message.ack();
          seen += 1;
          if (seen === count) resolve();
        },
      })
      .catch(reject);
  });
  await nc.flush();
  await manager.consumers.delete(stream, durable);
};

const readOurs = async (nc: NatsConnection, ours: EventStream, count: number): Promise<void> => {
  const durable = `ours_${nuid.next()}`;
  await new Promise<void>((resolve) => {
    let seen = 0;
    const subscription = ours.subscribe({
      durable,
      types: ['telemetry.data_received'],
      from: 'all',
      handle: () => {
        seen += 1;
        if (seen === count) void subscription.drain().then(resolve);
      },
    });
  });
  const manager = await jetstreamManager(nc);
  await manager.consumers.delete(stream, durable);
};

/** Readers of a stream that holds enough messages already. */
export const subscribeContenders = (nc: NatsConnection, ours: EventStream): Contender[] => [
  { name: readerNames.bare, run: (count) => readBare(nc, count, () => undefined) },
  { name: readerNames.bareParsed, run: (count) => readBare(nc, count, (bytes) => void parseEvent(bytes)) },
  { name: readerNames.ours, run: (count) => readOurs(nc, ours, count) },
];
