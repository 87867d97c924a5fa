// Preloaded into a service: its last line tells what of OpenTelemetry it has loaded.
const { writeSync } = require('node:fs');

process.on('exit', () => {
  const packages = Object.keys(require.cache)
    .map((path) => /node_modules\/(@opentelemetry\/[\w-]+)\//.exec(path)?.[1])
    .filter((name) => name !== undefined);
  writeSync(1, `loaded: ${[...new Set(packages)].sort().join(' ')}\n`);
});
