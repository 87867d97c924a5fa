const base = require('./jest.config.base.cjs');

/** Integration tests: real NATS and Redis, one process per file, no parallelism surprises. */
module.exports = {
  ...base,
  rootDir: process.cwd(),
  testMatch: ['<rootDir>/test/**/*.int.ts'],
  // What is about containers is nothing where there are none.
  testPathIgnorePatterns: process.env.FLEET_SERVERS === 'container' ? [] : ['\\.container\\.int\\.ts$'],
  testTimeout: 20_000,
};
