import type { EventStreamMetric } from '@fleet/event-stream';
import { Counter, Gauge, type Registry } from 'prom-client';

/** Shows what the event stream counts, read when it is scraped. */
export const registerEventStreamMetrics = (
  registry: Registry,
  metrics: readonly EventStreamMetric[],
): void => {
  for (const metric of metrics) {
    const { name, help, label } = metric;
    const configuration = {
      name,
      help,
      labelNames: label === undefined ? [] : [label],
      registers: [registry],
    };
    const values = (): [Record<string, string>, number][] => {
      const value = metric.read();
      if (typeof value === 'number') return [[{}, value]];
      return Object.entries(value).map(([key, each]) => [{ [label ?? 'kind']: key }, each]);
    };
    if (metric.type === 'gauge') {
      new Gauge({
        ...configuration,
        collect() {
          this.reset();
          for (const [labels, value] of values()) this.set(labels, value);
        },
      });
    } else {
      new Counter({
        ...configuration,
        collect() {
          this.reset();
          for (const [labels, value] of values()) this.inc(labels, value);
        },
      });
    }
  }
};
