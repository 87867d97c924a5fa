import { spawnSync } from 'node:child_process';

import { findProgram } from './find-program.ts';

const aptGet = (...args: string[]): boolean =>
  spawnSync('apt-get', ['-y', '-o', 'Acquire::Retries=3', ...args], {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    timeout: 300_000,
  }).status === 0;

/** Installs packages with apt-get and says so; throws with the remedy where that is not possible. */
export const installPackages = (packages: readonly string[], remedy: string): void => {
  if (process.getuid?.() !== 0 || !findProgram('apt-get')) throw new Error(remedy);
  process.stderr.write(`Installing ${packages.join(' and ')} with apt-get\n`);
  const install = () => aptGet('install', '--no-install-recommends', ...packages);
  if (!install() && !(aptGet('update') && install())) throw new Error(`apt-get failed. ${remedy}`);
};
