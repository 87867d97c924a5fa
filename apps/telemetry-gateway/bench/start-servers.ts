import { join } from 'node:path';

import { startModule, startServer, type ModuleProgram, type Program } from './programs.ts';

export interface Servers {
  readonly gateway: ModuleProgram;
  /** What it stands on, by name. */
  readonly beside: Readonly<Record<string, Program>>;
  stop(): Promise<void>;
}

/** A gateway without limits in a process of its own, with the servers it needs. */
export const startServers = async (env: Readonly<Record<string, string>> = {}): Promise<Servers> => {
  const nats = await startServer('nats-server', ({ port, directory }) => [
    ...['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', directory],
  ]);
  const redis = await startServer('redis-server', ({ port, directory }) => [
    ...['--bind', '127.0.0.1', '--port', String(port), '--dir', directory, '--save', ''],
  ]);
  const entry = process.execArgv.includes('--conditions=@fleet/source')
    ? '../src/main.ts'
    : '../dist/main.js';
  const gateway = await startModule(join(import.meta.dirname, entry), [], /"port":(\d+).*gateway listens/, {
    NATS_URL: `nats://127.0.0.1:${nats.port}`,
    REDIS_URL: `redis://127.0.0.1:${redis.port}`,
    PORT: '0',
    ADMIN_PORT: '0',
    DRAIN_SECONDS: '0',
    ROBOT_RATE_PER_SECOND: '0',
    ROBOT_BYTES_PER_SECOND: '0',
    CONNECTIONS_PER_ADDRESS_PER_MINUTE: '0',
    // As in the image.
    NODE_OPTIONS: '--max-semi-space-size=64',
    ...env,
  });
  return {
    gateway,
    beside: { 'nats-server': nats, 'redis-server': redis },
    async stop() {
      for (const program of [gateway, redis, nats]) await program.stop();
    },
  };
};
