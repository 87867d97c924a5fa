import { decodeReading, encodeReading, type Reading } from '@fleet/fleet-store';
import type { Sample } from '@fleet/robot-protocol';

import type { Pending } from './pending-numbers.ts';
import type { SampleOrigin } from './sample-origin.ts';

export interface AcceptedParts {
  readonly origin: SampleOrigin;
  readonly reading: Reading;
  /** Whether the robot itself said when it took the sample. */
  readonly isDated: boolean;
  /** Derived from the number, where there is one: the same sample sent again is the same event. */
  readonly eventId: string | undefined;
  /** Its number's place in the ledger, where there is one. */
  readonly pending: Pending | undefined;
  /** Its share of the frame it came in. */
  readonly bytes: number;
  /** Unix milliseconds. */
  readonly arrivedAtMs: number;
}

/** A sample that passed every check, on its way to be stored. */
export class AcceptedSample {
  readonly origin: SampleOrigin;
  readonly isDated: boolean;
  readonly eventId: string | undefined;
  readonly pending: Pending | undefined;
  readonly bytes: number;
  readonly arrivedAtMs: number;
  /** What `encodeReading` makes of the reading. */
  readonly text: string;
  #reading: Reading | undefined;

  constructor(parts: AcceptedParts) {
    this.origin = parts.origin;
    this.isDated = parts.isDated;
    this.eventId = parts.eventId;
    this.pending = parts.pending;
    this.bytes = parts.bytes;
    this.arrivedAtMs = parts.arrivedAtMs;
    this.text = encodeReading(parts.reading);
    this.#reading = parts.reading;
  }

  get reading(): Reading {
    return this.#reading ?? decodeReading(this.text);
  }

  /**
   * The payload of its event, as JSON. An encoded reading has the event's fields under the event's names, and begins with
   * the time of recording, which the event only has from the robot.
   */
  get payload(): string {
    const { origin, isDated, text } = this;
    return origin.payloadStart + text.slice(isDated ? 1 : text.indexOf(',') + 1);
  }

  /**
   * The reading is hardly needed again: it waits as its text, which is one thing for the garbage collector to carry along
   * where the reading is a dozen.
   */
  shed(): void {
    this.#reading = undefined;
  }
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
