import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../../..');

/** The path of an app's built module. */
export const entryOf = (app: string): string => join(root, 'apps', app, 'dist/main.js');

const apps = ['telemetry-gateway', 'metrics-worker', 'fleet-cli'];

/** Builds the apps where that is not done already; throws with the output of what failed. */
export const build = async (signal: AbortSignal): Promise<void> => {
  const nx = spawn(
    join(root, 'node_modules/.bin/nx'),
    ['run-many', '-t', 'build', `--projects=${apps.join(',')}`, '--parallel=2', '--output-style=static'],
    {
      cwd: root,
      env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', NX_NO_CLOUD: 'true' },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    },
  );
  let output = '';
  for (const stream of [nx.stdout, nx.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  await once(nx, 'close');
  if (nx.exitCode !== 0) throw new Error(`the build failed:\n${output}`);
  // The compiler writes no executables; `npx fleet` runs this file itself.
  await chmod(entryOf('fleet-cli'), 0o755);
};
