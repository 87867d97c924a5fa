const base = require('./jest.config.base.cjs');

/** Integration tests: real NATS and Redis, one process per file, no parallelism surprises. */
module.exports = {
  ...base,
  rootDir: process.cwd(),
  testMatch: ['<rootDir>/test/**/*.int.ts'],
  testTimeout: 20_000,
};
