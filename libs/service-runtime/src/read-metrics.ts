import { Counter, Gauge, type Registry } from 'prom-client';

/** Something that is counted elsewhere. */
export interface ReadMetric {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  /** Of the values by key; without one there is a single value. */
  readonly label?: string | undefined;
  read(): number | Readonly<Record<string, number>>;
}

/** Shows what is counted elsewhere, read when it is scraped. */
export const registerReadMetrics = (registry: Registry, metrics: readonly ReadMetric[]): void => {
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
