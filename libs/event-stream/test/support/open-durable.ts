import { AckPolicy, jetstream, type JsMsg } from '@nats-io/jetstream';
import { connect, type MsgHdrs } from '@nats-io/transport-node';

import { eventually, type Server } from '@fleet/testing';

import type { EventStream, SubscribeOptions, Subscription } from '../../src/index.ts';
import type { EventType } from '@fleet/event-envelope';

/** Subscribes and waits until the durable is there, so that what is published from now on reaches it. */
export const subscribed = async <T extends EventType>(
  stream: EventStream,
  options: SubscribeOptions<T>,
): Promise<Subscription> => {
  const subscription = stream.subscribe(options);
  await eventually(() => subscription.status().lag !== null);
  return subscription;
};

/** Publishes bytes as a third party does, with the client library alone. */
export const publishRaw = async (
  server: Pick<Server, 'url'>,
  messages: readonly { subject: string; body: string | Uint8Array; headers?: MsgHdrs }[],
): Promise<void> => {
  const nc = await connect({ servers: server.url.split(',') });
  try {
    for (const { subject, body, headers } of messages) {
      await jetstream(nc).publish(subject, body, headers ? { headers } : {});
    }
  } finally {
    await nc.close();
  }
};

export interface DeadLetter {
  readonly subject: string;
  readonly body: Buffer;
  readonly header: (name: string) => string;
}

/** The dead letters of a durable, oldest first. */
export const deadLettersOf = async (
  server: Pick<Server, 'url'>,
  filter = 'charter.dead.>',
): Promise<DeadLetter[]> => {
  const nc = await connect({ servers: server.url.split(',') });
  try {
    const js = jetstream(nc);
    const manager = await js.jetstreamManager();
    const { name } = await manager.consumers.add('CHARTER_DEAD_LETTERS', {
      ack_policy: AckPolicy.None,
      filter_subject: filter,
    });
    const consumer = await js.consumers.get('CHARTER_DEAD_LETTERS', name);
    const found: DeadLetter[] = [];
    for (;;) {
      const message: JsMsg | null = (await consumer.info()).num_pending > 0 ? await consumer.next() : null;
      if (message === null) return found;
      found.push({
        subject: message.subject,
        body: Buffer.from(message.data),
        header: (header) => message.headers?.get(header) ?? '',
      });
    }
  } finally {
    await nc.close();
  }
};
