import { DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

import type { Server } from '@fleet/testing';

export interface StoredMessage {
  readonly subject: string;
  readonly id: string;
  readonly sequence: number;
  readonly text: string;
  readonly payload: { readonly seq?: number; readonly connection_id?: string };
  header(name: string): string;
}

/** Everything a stream holds, read by the client library alone. */
export const readStream = async (server: Pick<Server, 'url'>, name: string): Promise<StoredMessage[]> => {
  const nc = await connect({ servers: server.url.split(',') });
  try {
    const manager = await jetstreamManager(nc);
    const { state } = await manager.streams.info(name);
    const stored: StoredMessage[] = [];
    if (state.messages === 0) return stored;
    const consumer = await jetstream(nc).consumers.get(name, { deliver_policy: DeliverPolicy.All });
    const messages = await consumer.consume({ max_messages: 1_000 });
    for await (const message of messages) {
      const text = message.string();
      stored.push({
        subject: message.subject,
        id: message.headers?.get('Nats-Msg-Id') ?? '',
        sequence: message.seq,
        text,
        payload: (JSON.parse(text) as { payload: StoredMessage['payload'] }).payload,
        header: (header) => message.headers?.get(header) ?? '',
      });
      if (message.info.pending === 0) break;
    }
    return stored;
  } finally {
    await nc.close();
  }
};
