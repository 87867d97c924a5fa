import { Counter, type Registry } from 'prom-client';

/** Counts the samples this replica has rolled up. */
export const createRollupMetrics = (registry: Registry): ((added: number, repeated: number) => void) => {
  const samples = new Counter({
    name: 'fleet_rollup_samples_total',
    help: 'Samples of telemetry, by whether they were added or had been already',
    labelNames: ['result'],
    registers: [registry],
  });
  for (const result of ['added', 'repeated']) samples.inc({ result }, 0);
  return (added, repeated) => {
    samples.inc({ result: 'added' }, added);
    samples.inc({ result: 'repeated' }, repeated);
  };
};
