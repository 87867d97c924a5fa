const { mkdirSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

/** A reporter that leaves the counts of every test file in FLEET_RESULTS, in a file of the project's own. */
module.exports = class JestResults {
  constructor({ rootDir }) {
    this.rootDir = rootDir;
  }

  onRunComplete(_contexts, { testResults }) {
    const directory = process.env.FLEET_RESULTS;
    if (!directory) return;
    const files = testResults.map((result) => ({
      file: result.testFilePath,
      passed: result.numPassingTests,
      // A file that could not be run has no tests to count.
      failed: result.numFailingTests || (result.testExecError ? 1 : 0),
      skipped: result.numPendingTests + result.numTodoTests,
    }));
    mkdirSync(directory, { recursive: true });
    writeFileSync(
      join(directory, `${process.env.FLEET_PROJECT ?? process.env.NX_TASK_TARGET_PROJECT}.json`),
      JSON.stringify(files),
    );
  }
};
