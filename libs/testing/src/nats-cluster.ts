import { jetstreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

import { eventually } from './eventually.ts';
import { natsProgram, type NatsProgramOptions } from './nats-program.ts';
import { reservePort } from './port.ts';
import type { Layout, Place, Server } from './server.ts';
import { startServer } from './start-server.ts';

/** Who comes in, where servers ask for that. */
export interface NatsLogin {
  readonly user: string;
  readonly pass: string;
}

export interface NatsClusterOptions extends NatsProgramOptions {
  /** Runs every server from files of the caller's own; what else is said of a configuration counts for nothing then. */
  readonly layout?: (self: NatsMember, members: readonly NatsMember[], place: Place) => Layout;
  /** Of somebody who may make streams. */
  readonly login?: NatsLogin;
}

export interface NatsCluster extends AsyncDisposable {
  readonly servers: readonly Server[];
  /** Every server's address, separated by commas. */
  readonly url: string;
  stop(): Promise<void>;
}

export interface NatsMember {
  readonly name: string;
  readonly port: number;
  readonly routePort: number;
}

const routesOf = (self: NatsMember, members: readonly NatsMember[]) => `
server_name: ${self.name}
cluster {
  name: fleet
  listen: "127.0.0.1:${self.routePort}"
  no_advertise: true
  routes: [${members.map(({ routePort }) => `"nats://127.0.0.1:${routePort}"`).join(', ')}]
}
`;

const attempts = 3;

/** A cluster is of use when a stream can have a copy on every server, and not before. */
const takesStreams = async (url: string, replicas: number, login: NatsLogin | undefined) => {
  const connection = await connect({ servers: url.split(','), timeout: 2_000, ...login });
  try {
    const manager = await jetstreamManager(connection, { timeout: 2_000 });
    const name = 'CLUSTER_PROBE';
    await manager.streams.add({
      name,
      subjects: ['cluster.probe'],
      storage: StorageType.Memory,
      retention: RetentionPolicy.Limits,
      num_replicas: replicas,
    });
    await manager.streams.delete(name);
    return true;
  } finally {
    await connection.close();
  }
};

const startOnce = async (size: 3, options: NatsClusterOptions): Promise<NatsCluster> => {
  const members: NatsMember[] = [];
  for (let index = 1; index <= size; index++) {
    members.push({ name: `n${index}`, port: await reservePort(), routePort: await reservePort() });
  }
  const started = await Promise.allSettled(
    members.map((member) => {
      const config = `${routesOf(member, members)}\n${options.config ?? ''}`;
      const usual = natsProgram({ ...options, config });
      const { layout } = options;
      const program = layout ? { ...usual, layout: (place: Place) => layout(member, members, place) } : usual;
      return startServer(program, { port: member.port, hostNetwork: true });
    }),
  );
  const servers = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const url = members.map(({ port }) => `nats://127.0.0.1:${port}`).join(',');
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  try {
    for (const result of started) if (result.status === 'rejected') throw result.reason;
    await eventually(() => takesStreams(url, size, options.login), {
      withinMs: 40_000,
      describe: 'a cluster that takes streams',
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { servers, url, stop, [Symbol.asyncDispose]: stop };
};

/**
 * Starts a cluster of NATS servers with JetStream; resolves when a stream with a copy on each can be made. On a busy
 * machine the servers may not come to terms; then they start over.
 */
export const startNatsCluster = async (size: 3, options: NatsClusterOptions = {}): Promise<NatsCluster> => {
  for (let attempt = 1; attempt < attempts; attempt++) {
    try {
      return await startOnce(size, options);
    } catch (error) {
      process.stderr.write(`the cluster did not form, starting it over: ${String(error)}\n`);
    }
  }
  return startOnce(size, options);
};
