/** Settings every project's jest.config.cjs spreads. */
module.exports = {
  testEnvironment: 'node',
  // Resolve workspace packages to their TypeScript source, as tsc and tsx do.
  testEnvironmentOptions: { customExportConditions: ['@fleet/source', 'node', 'node-addons'] },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        module: { type: 'commonjs' },
      },
    ],
  },
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  restoreMocks: true,
};
