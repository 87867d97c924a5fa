import { spawnSync } from 'node:child_process';

import { findProgram } from './find-program.ts';
import { installServers } from './install-servers.ts';

/** How servers are run: as containers, or as processes of the programs on this machine. */
export type ServerMode = 'container' | 'local';

const engineAnswers = (): boolean =>
  spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], { stdio: 'ignore', timeout: 10_000 })
    .status === 0;

const localPrograms = () => [findProgram('nats-server'), findProgram('redis-server')] as const;

const detect = (): ServerMode => {
  if (engineAnswers()) return 'container';
  if (localPrograms().every(Boolean)) return 'local';
  installServers();
  if (localPrograms().every(Boolean)) return 'local';
  throw new Error('nats-server and redis-server were installed but are not on the PATH');
};

/**
 * The way servers are run, from FLEET_SERVERS: `container`, `local`, or `auto` (the default): containers where an engine
 * answers, else the programs on the PATH, else what apt-get installs for root on a Debian-like system; an error with the
 * remedy otherwise. What `auto` finds is said once and kept in FLEET_SERVERS for this process and its children.
 */
export const serverMode = (): ServerMode => {
  const wanted = process.env['FLEET_SERVERS'] || 'auto';
  if (wanted === 'container') return 'container';
  if (wanted === 'local') {
    if (!localPrograms().every(Boolean)) installServers();
    return 'local';
  }
  if (wanted !== 'auto') throw new Error(`FLEET_SERVERS is "${wanted}"; expected auto, container or local`);
  const mode = detect();
  process.env['FLEET_SERVERS'] = mode;
  process.stderr.write(`NATS and Redis run as ${mode === 'container' ? 'containers' : 'local programs'}\n`);
  return mode;
};
