import { spawnSync } from 'node:child_process';

const remedy = `Python with the package websockets is needed. One of these helps:
  - apt-get install python3-websockets        (Debian, Ubuntu)
  - python3 -m pip install websockets`;

/** The system's own Python comes second: another one may stand before it on the PATH without its packages. */
const candidates = ['python3', '/usr/bin/python3'];

const findPython = (): string | undefined =>
  candidates.find((python) => spawnSync(python, ['-c', 'import websockets']).status === 0);

const aptGet = (...args: string[]): boolean =>
  spawnSync('apt-get', ['-y', '-o', 'Acquire::Retries=3', ...args], {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: 240_000,
  }).status === 0;

/** A Python that has `websockets`, installed from Debian when missing and allowed; throws with the remedy otherwise. */
export const pythonWithWebsockets = (): string => {
  const found = findPython();
  if (found !== undefined) return found;
  if (process.getuid?.() !== 0) throw new Error(remedy);
  process.stderr.write('Installing python3-websockets with apt-get\n');
  const install = (): boolean => aptGet('install', '--no-install-recommends', 'python3-websockets');
  if (!install() && !(aptGet('update') && install())) throw new Error(`apt-get failed. ${remedy}`);
  const installed = findPython();
  if (installed === undefined) throw new Error(remedy);
  return installed;
};
