/** Settings every project's jest.config.cjs spreads. */
module.exports = {
  testEnvironment: 'node',
  // Resolve workspace packages to their TypeScript source, as tsc and tsx do.
  testEnvironmentOptions: { customExportConditions: ['@fleet/source', 'node', 'node-addons'] },
  transform: {
    // jose ships as ES modules only, which jest cannot require before Node 24.
    '^.+\\.ts$|/node_modules/jose/.+\\.js$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        module: { type: 'commonjs' },
      },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!jose/)'],
  moduleNameMapper: { '^fast-check$': require.resolve('./jest.fast-check.cjs') },
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  restoreMocks: true,
};
