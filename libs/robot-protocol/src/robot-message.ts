import { z } from 'zod';

import { metricNamePattern } from './ids.ts';
import { maxAttributesPerSample, maxMetricsPerSample, maxSamplesPerBatch } from './limits.ts';

const name = z.string().regex(metricNamePattern, `a name: ${metricNamePattern.source}`);

/** A lone surrogate cannot be written as UTF-8, and whoever reads the event later may choke on it. */
const wellFormed = z.string().regex(/^\P{Cs}*$/u, 'a string without lone surrogates');

const reading = z.number('a finite number or null').nullable();

const attribute = z.union([wellFormed, z.boolean(), z.number(), z.null()], {
  error: 'a string without lone surrogates, a boolean, a finite number or null',
});

/** zod counts no keys and JSON Schema does: the same bounds are said to both. */
const metrics = z
  .record(name, reading, 'an object of readings by name')
  .refine(
    (record) => isWithin(Object.keys(record).length, 1, maxMetricsPerSample),
    `1 to ${maxMetricsPerSample} metrics`,
  )
  .meta({ minProperties: 1, maxProperties: maxMetricsPerSample });

const attributes = z
  .record(name, attribute, 'an object of values by name')
  .refine(
    (record) => isWithin(Object.keys(record).length, 0, maxAttributesPerSample),
    `at most ${maxAttributesPerSample} attributes`,
  )
  .meta({ maxProperties: maxAttributesPerSample });

function isWithin(count: number, min: number, max: number): boolean {
  return count >= min && count <= max;
}

/** The readings of one moment. Keys nobody knows are ignored, so that newer robots can talk to older gateways. */
export const sampleSchema = z.object({
  /** The place in the robot's session: 1, 2, 3 … A sample without one is never acknowledged. */
  seq: z.int('an integer from 1').min(1, 'an integer from 1').optional(),
  /** Unix seconds, fractional, by the robot's clock. */
  recorded_at: z.number('Unix seconds').min(0, 'Unix seconds').optional(),
  /** A reading by name; null means that there was none. */
  metrics,
  attributes: attributes.optional(),
});

const telemetry = sampleSchema.extend({ type: z.literal('telemetry') });

const telemetryBatch = z.object({
  type: z.literal('telemetry_batch'),
  samples: z
    .array(sampleSchema, 'an array of samples')
    .min(1, `1 to ${maxSamplesPerBatch} samples`)
    .max(maxSamplesPerBatch, `1 to ${maxSamplesPerBatch} samples`),
});

/** Everything a robot may say. */
export const robotMessageSchema = z.discriminatedUnion('type', [telemetry, telemetryBatch]);

export type Sample = z.output<typeof sampleSchema>;
export type RobotMessage = z.output<typeof robotMessageSchema>;
export type TelemetryMessage = z.output<typeof telemetry>;
export type TelemetryBatchMessage = z.output<typeof telemetryBatch>;
