import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const none = () => ({ passed: 0, failed: 0, skipped: 0 });

export const sum = (counts) =>
  counts.reduce(
    (total, { passed, failed, skipped }) => ({
      passed: total.passed + passed,
      failed: total.failed + failed,
      skipped: total.skipped + skipped,
    }),
    none(),
  );

/** What the reporter left for a project; undefined when the run did not get that far. */
export const readResults = (directory, project) => {
  const file = join(directory, `${project}.json`);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
};

const cell = ({ passed, failed, skipped }) =>
  passed + failed + skipped === 0
    ? '–'
    : [`${passed} passed`, failed && `${failed} FAILED`, skipped && `${skipped} skipped`]
        .filter(Boolean)
        .join(', ');

/** The outcome as a table for people. */
export const table = (rows) => {
  const lines = [
    ['project', 'unit', 'integration'],
    ...rows.map(({ project, unit, integration }) => [project, cell(sum(unit)), cell(sum(integration))]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...lines.map((line) => line[column].length)));
  return lines.map((line) =>
    line
      .map((text, column) => text.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
};
