import { refusalOf } from '@fleet/robot-protocol';

import { InvalidSampleError } from './errors.ts';

/** The readings of one moment. */
export interface RobotSample {
  /** 1 to 128 readings by name, each a finite number, or null for "no reading". */
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly attributes?: Readonly<Record<string, string | boolean | number | null>> | undefined;
  /** Unix seconds, fractional; the moment of the call when left out. */
  readonly recordedAt?: number | undefined;
}

/**
 * The sample's JSON but for its opening brace and its `seq`, which is only certain when it is first sent.
 *
 * @throws {InvalidSampleError} for what no gateway would take
 */
export const encodeSample = (sample: RobotSample, nowMs: number): string => {
  const wire = {
    recorded_at: sample.recordedAt ?? nowMs / 1000,
    metrics: sample.metrics,
    attributes: sample.attributes,
  };
  const refusal = refusalOf({ type: 'telemetry', ...wire });
  if (refusal !== undefined) throw new InvalidSampleError(refusal.detail, refusal.path);
  return JSON.stringify(wire).slice(1);
};
