import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { runIntegration } from './run/integration.mjs';
import { readResults, sum, table } from './run/results.mjs';
import { binary, ensureDependencies, projects, quietNx, root, run, typeScript } from './run/workspace.mjs';

const usage = `npm test -- [--only-integration | --skip-integration] [--project NAME]...`;

const options = (() => {
  try {
    return parseArgs({
      options: {
        'only-integration': { type: 'boolean', default: false },
        'skip-integration': { type: 'boolean', default: false },
        project: { type: 'string', multiple: true },
      },
    }).values;
  } catch (error) {
    console.error(`${error.message}\n${usage}`);
    process.exit(2);
  }
})();

ensureDependencies();

const all = projects();
const chosen = options.project ? all.filter(({ name }) => options.project.includes(name)) : all;
if (chosen.length === 0) {
  console.error(`no such project; there are ${all.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

const results = mkdtempSync(join(tmpdir(), 'fleet-results-'));
process.on('exit', () => rmSync(results, { recursive: true, force: true }));

const failedSteps = [];
const step = async (title, command, args, env = {}) => {
  console.log(`\n── ${title}`);
  const code = await run(command, args, { env });
  if (code !== 0) failedSteps.push(title);
  return code;
};

const nx = (...args) => [
  ...['run-many', `--projects=${chosen.map(({ name }) => name).join(',')}`, '--parallel=2'],
  ...['--output-style=static', ...args],
];

const unit = new Map();
if (!options['only-integration']) {
  await step('build, typecheck, lint', binary('nx'), nx('-t', 'build', 'typecheck', 'lint'), quietNx);

  console.log('\n── unit tests');
  const reporter = join(root, 'tools/run/jest-results.cjs');
  const unitCode = await run(
    binary('nx'),
    // Not from the cache, which keeps no counts.
    nx(
      '-t',
      'test',
      '--skip-nx-cache',
      '--',
      '--passWithNoTests',
      '--reporters=default',
      `--reporters=${reporter}`,
    ),
    { env: { ...quietNx, FLEET_RESULTS: results } },
  );
  for (const { name } of chosen) unit.set(name, readResults(results, name) ?? []);
  // A run that failed without a failed test did not get as far as its tests.
  if (unitCode !== 0 && sum([...unit.values()].flat()).failed === 0) failedSteps.push('unit tests');

  await step('formatting', binary('prettier'), ['--check', '--log-level=warn', '.']);
  await step('generated documents', process.execPath, [...typeScript, 'tools/src/generate.ts', '--check']);
}

let integration = { byProject: new Map(), flaky: [] };
if (!options['skip-integration']) {
  console.log('\n── servers for the integration tests');
  const found = spawnSync(process.execPath, [...typeScript, 'tools/src/print-server-mode.ts'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  const mode = found.stdout.trim();
  if (found.status !== 0 || !mode) failedSteps.push('servers for the integration tests');
  else {
    console.log(`NATS and Redis: ${mode}`);
    integration = await runIntegration(chosen, { results, env: { FLEET_SERVERS: mode } });
  }
}

const rows = chosen.map(({ name }) => ({
  project: name,
  unit: unit.get(name) ?? [],
  integration: [...(integration.byProject.get(name)?.values() ?? [])],
}));
console.log(`\n${table(rows).join('\n')}`);
for (const file of integration.flaky) console.log(`FLAKY: ${file} failed, and passed when run once more`);
for (const title of failedSteps) console.log(`FAILED: ${title}`);

const { passed, failed, skipped } = sum(rows.flatMap((row) => [...row.unit, ...row.integration]));
const failures = failed + failedSteps.length;
console.log(`\n${passed} passed, ${failures} failed, ${skipped} skipped`);
process.exitCode = failures > 0 ? 1 : 0;
