import { collectDefaultMetrics, Registry } from 'prom-client';

/** Gauges under names that only counters may have; each is the sum of the gauge without `_total`. */
const misnamed = ['handles', 'requests', 'resources'].map((what) => `nodejs_active_${what}_total`);

/** A registry with the process's own figures: CPU, memory, event loop delay, garbage collection. */
export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of misnamed) registry.removeSingleMetric(name);
  return registry;
}
