import { Counter, Histogram, type Registry } from 'prom-client';

const outcomes = [
  'stored',
  'duplicate',
  'late',
  'given_up',
  'not_stored',
  'abandoned',
  'lost_unnumbered',
  'clamped',
] as const;

/** What becomes of samples. `late` and `clamped` ones are stored too. */
export type SampleOutcome = (typeof outcomes)[number];

/** The figures of the way of the samples. Counting is an addition: the registry reads the sums when it is scraped. */
export interface TelemetryMetrics {
  readonly samples: Record<SampleOutcome, number>;
  acknowledgements: number;
  stored(seconds: number): void;
}

export interface StoredFigures {
  readonly written: number;
  readonly skipped: number;
  readonly failures: number;
}

export const createTelemetryMetrics = (registry: Registry, writer: StoredFigures): TelemetryMetrics => {
  const latency = new Histogram({
    name: 'fleet_gateway_sample_store_seconds',
    help: 'From the arrival of a sample to its being stored',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30],
    registers: [registry],
  });
  const metrics: TelemetryMetrics = {
    samples: Object.fromEntries(outcomes.map((outcome) => [outcome, 0])) as Record<SampleOutcome, number>,
    acknowledgements: 0,
    stored: (seconds) => latency.observe(seconds),
  };
  const read = (name: string, help: string, value: () => number): void => {
    new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(value());
      },
    });
  };
  new Counter({
    name: 'fleet_gateway_samples_total',
    help: 'Samples by what became of them',
    labelNames: ['outcome'],
    registers: [registry],
    collect() {
      this.reset();
      for (const outcome of outcomes) this.inc({ outcome }, metrics.samples[outcome]);
    },
  });
  read('fleet_gateway_acknowledgements_total', 'Acknowledgements sent', () => metrics.acknowledgements);
  read('fleet_gateway_readings_written_total', 'Readings written to Redis', () => writer.written);
  read('fleet_gateway_readings_skipped_total', 'Readings left out of the history', () => writer.skipped);
  read('fleet_gateway_reading_failures_total', 'Failed writes of readings', () => writer.failures);
  return metrics;
};
