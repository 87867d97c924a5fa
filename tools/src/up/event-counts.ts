import { readFileSync } from 'node:fs';

import { JetStreamApiCodes, JetStreamApiError, jetstreamManager } from '@nats-io/jetstream';
import { connect, credsAuthenticator, type NatsConnection } from '@nats-io/transport-node';

/** How many messages the streams have ever held; 0 for a stream that is not there yet. */
export interface EventCounts {
  readonly samples: number;
  readonly events: number;
}

export interface EventCounter {
  /** Undefined while NATS does not answer. */
  read(): Promise<EventCounts | undefined>;
  close(): Promise<void>;
}

const connectionOptions = (servers: string[]) => {
  const { NATS_USER: user, NATS_PASSWORD: pass, NATS_CREDS_FILE: creds, NATS_CA_FILE: caFile } = process.env;
  return {
    servers,
    name: 'fleet up',
    maxReconnectAttempts: -1,
    ...(user && { user, pass: pass ?? '' }),
    ...(creds && { authenticator: credsAuthenticator(readFileSync(creds)) }),
    ...(caFile && { tls: { caFile } }),
  };
};

const streamNotFound: number = JetStreamApiCodes.StreamNotFound;

const isMissing = (error: unknown): boolean =>
  error instanceof JetStreamApiError && error.code === streamNotFound;

const lastSequence = async (connection: NatsConnection, stream: string): Promise<number> => {
  try {
    const manager = await jetstreamManager(connection, { checkAPI: false, timeout: 2_000 });
    return (await manager.streams.info(stream)).state.last_seq;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
};

/** Reads from the streams themselves what has arrived in them. */
export const connectEventCounter = async (natsUrl: string): Promise<EventCounter> => {
  const connection = await connect(connectionOptions(natsUrl.split(',')));
  return {
    read: async () => {
      try {
        const [samples, events] = await Promise.all([
          lastSequence(connection, 'CHARTER_TELEMETRY'),
          lastSequence(connection, 'CHARTER_EVENTS'),
        ]);
        return { samples, events };
      } catch {
        return undefined;
      }
    },
    close: () => connection.close(),
  };
};
