import { spawnSync } from 'node:child_process';

import { findProgram } from './find-program.ts';

const remedy = `NATS and Redis are needed and neither a container engine nor their programs were found. One of these helps:
  - start Docker (or another engine that answers to "docker version");
  - apt-get install nats-server redis-server        (Debian, Ubuntu)
  - brew install nats-server redis                  (macOS)`;

const aptGet = (...args: string[]): boolean =>
  spawnSync('apt-get', ['-y', '-o', 'Acquire::Retries=3', ...args], {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    timeout: 300_000,
  }).status === 0;

/** Installs both servers with apt-get and says so; throws with the remedy where that is not possible. */
export const installServers = (): void => {
  if (process.getuid?.() !== 0 || !findProgram('apt-get')) throw new Error(remedy);
  process.stderr.write('Installing nats-server and redis-server with apt-get\n');
  const packages = ['nats-server', 'redis-server'];
  const install = () => aptGet('install', '--no-install-recommends', ...packages);
  if (!install() && !(aptGet('update') && install())) throw new Error(`apt-get failed. ${remedy}`);
};
