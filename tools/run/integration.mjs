import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

import { readResults } from './results.mjs';
import { binary, root, run } from './workspace.mjs';

/** What is about containers, `*.container.int.ts`, is chosen only where servers run in them. */
const suitesOf = (directory, mode) => {
  const tests = join(directory, 'test');
  if (!existsSync(tests)) return [];
  return readdirSync(tests, { recursive: true })
    .filter(
      (file) => file.endsWith('.int.ts') && (mode === 'container' || !file.endsWith('.container.int.ts')),
    )
    .map((file) => join(tests, file))
    .sort();
};

const reporter = join(import.meta.dirname, 'jest-results.cjs');

const runJest = async (project, { results, env, files = [], label }) => {
  const name = `${label}-${project.name}${files.length === 1 ? `-${relative(project.directory, files[0]).replaceAll('/', '-')}` : ''}`;
  const code = await run(
    binary('jest'),
    [
      ...['-c', join(root, 'jest.int.config.cjs'), '--maxWorkers=2', '--forceExit'],
      ...['--reporters', 'default', '--reporters', reporter],
      ...(files.length > 0 ? ['--runTestsByPath', ...files] : []),
    ],
    { cwd: project.directory, env: { ...env, FLEET_RESULTS: results, FLEET_PROJECT: name } },
  );
  return { code, counts: readResults(results, name) };
};

/**
 * Runs the integration suites of one project after another. A file that fails is run once more, alone, when all else is
 * done: what is broken fails twice, what passes then is reported as flaky. Gives the counts of each file by project.
 */
export const runIntegration = async (projects, { results, env }) => {
  const byProject = new Map();
  const again = [];
  for (const project of projects) {
    const suites = suitesOf(project.directory, env.FLEET_SERVERS);
    if (suites.length === 0) continue;
    console.log(`\n── integration: ${project.name} (${suites.length} suites)`);
    const { counts = [] } = await runJest(project, { results, env, label: 'integration' });
    const reported = new Map(counts.map((count) => [count.file, count]));
    byProject.set(project.name, reported);
    for (const file of suites) {
      const count = reported.get(file);
      if (count === undefined) reported.set(file, { file, passed: 0, failed: 1, skipped: 0 });
      if (count === undefined || count.failed > 0) again.push({ project, file });
    }
  }

  const flaky = [];
  for (const { project, file } of again) {
    const shown = relative(root, file);
    console.log(`\n── once more, on its own: ${shown}`);
    const { code, counts } = await runJest(project, { results, env, files: [file], label: 'again' });
    const count = counts?.find((result) => result.file === file);
    if (count === undefined) continue;
    byProject.get(project.name).set(file, count);
    if (code === 0 && count.failed === 0) flaky.push(shown);
  }
  return { byProject, flaky };
};
