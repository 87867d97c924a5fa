import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

import type { Server } from '@fleet/testing';

/** Does something to a server as its administrator, through the client library alone. */
export const administer = async <T>(
  server: Pick<Server, 'url'>,
  act: (manager: JetStreamManager) => Promise<T>,
): Promise<T> => {
  const nc = await connect({ servers: server.url.split(',') });
  try {
    return await act(await jetstreamManager(nc));
  } finally {
    await nc.close();
  }
};
