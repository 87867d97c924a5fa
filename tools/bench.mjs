import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { binary, ensureDependencies, projects, quietNx, run } from './run/workspace.mjs';

const shortNames = { gateway: 'telemetry-gateway', worker: 'metrics-worker' };

ensureDependencies();
const benches = projects()
  .map(({ name, directory }) => ({ name, entry: join(directory, 'bench/main.ts') }))
  .filter(({ entry }) => existsSync(entry));

const [wanted, ...args] = process.argv.slice(2);
const bench = benches.find(({ name }) => name === (shortNames[wanted] ?? wanted));
if (!bench) {
  console.error(`npm run bench -- NAME [ARGUMENTS]; there are ${benches.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

// What is measured is what is shipped: the built libraries, not their sources.
const built = await run(binary('nx'), ['run-many', '-t', 'build', '--parallel=2', '--output-style=static'], {
  env: quietNx,
});
if (built !== 0) process.exit(built);
const loader = new URL('../node_modules/tsx/dist/loader.mjs', import.meta.url).href;
process.exitCode = await run(process.execPath, ['--import', loader, bench.entry, ...args], {
  timeoutMs: 60 * 60_000,
});
