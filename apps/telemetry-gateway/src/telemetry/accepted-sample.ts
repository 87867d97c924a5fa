import type { Reading } from '@fleet/fleet-store';
import type { Sample } from '@fleet/robot-protocol';

/** A sample that passed every check, on its way to be stored. */
export interface AcceptedSample {
  readonly robotId: string;
  readonly connectionId: string;
  readonly reading: Reading;
  /** Whether the robot itself said when it took the sample. */
  readonly isDated: boolean;
  /** Derived from the number, where there is one: the same sample sent again is the same event. */
  readonly eventId: string | undefined;
  /** Its share of the frame it came in. */
  readonly bytes: number;
  /** Unix milliseconds. */
  readonly arrivedAtMs: number;
}

/** Whether a sample claims to be from the future. */
export const isAhead = (sample: Sample, receivedAt: number, maxAheadSeconds: number): boolean =>
  sample.recorded_at !== undefined && sample.recorded_at > receivedAt + maxAheadSeconds;

/**
 * The reading of a sample. A time that is too far ahead of this gateway's clock is taken for the time of arrival: left
 * alone it would stay the robot's latest reading until then.
 */
export const toReading = (sample: Sample, receivedAt: number, isFromTheFuture: boolean): Reading => ({
  metrics: sample.metrics,
  attributes: sample.attributes,
  recordedAt: isFromTheFuture ? receivedAt : (sample.recorded_at ?? receivedAt),
  receivedAt,
  seq: sample.seq,
});
