import { natsProgram } from './nats-program.ts';
import { reservePort } from './port.ts';
import type { Server } from './server.ts';
import { startServer } from './start-server.ts';

export interface NatsOptions {
  /** Further text for the server's configuration file. */
  config?: string;
  port?: number;
  /** True by default. */
  jetstream?: boolean;
  /** The room of JetStream on the disk, such as `20MB`; 8 GB by default. */
  maxStore?: string;
  /** Keeps the streams in this directory, beyond `stop`. */
  storeDir?: string;
}

/** Starts a NATS server of its own for a test; resolves when it answers. */
export const startNats = async (options: NatsOptions = {}): Promise<Server> => {
  const { storeDir } = options;
  return startServer(natsProgram(options), {
    port: options.port ?? (await reservePort()),
    ...(storeDir !== undefined && { storeDir }),
  });
};
