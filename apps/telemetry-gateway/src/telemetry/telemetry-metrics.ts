import { Counter, Histogram, type Registry } from 'prom-client';

import type { ComparisonOutcome } from './stored-numbers.ts';

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
  /** What comparing an opened session with the stream came to. */
  compared(outcome: ComparisonOutcome): void;
  /** Numbers of robots' sessions that are expected no more, there having been too many gaps. */
  givenUp(count: number): void;
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
  const compared = new Counter({
    name: 'fleet_gateway_opened_sessions_total',
    help: 'Sessions opened, by what comparing them with the event stream came to',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const givenUp = new Counter({
    name: 'fleet_gateway_given_up_numbers_total',
    help: 'Numbers expected no more, there having been too many gaps after them',
    registers: [registry],
  });
  const metrics: TelemetryMetrics = {
    samples: Object.fromEntries(outcomes.map((outcome) => [outcome, 0])) as Record<SampleOutcome, number>,
    acknowledgements: 0,
    stored: (seconds) => latency.observe(seconds),
    compared: (outcome) => compared.inc({ outcome }),
    givenUp: (count) => givenUp.inc(count),
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
