import type { CharterEvent } from '@fleet/event-envelope';
import type { RollupSample } from '@fleet/fleet-store';

/** What the telemetry stream says of an event beside the event. */
export interface StoredFacts {
  readonly sequence: number;
  /** Unix milliseconds. */
  readonly storedAt: number;
}

/** What is dated later than so long after it was stored did not happen then. */
const maxAheadMs = 300_000;

/**
 * An event as a sample: dated by when the robot recorded it, else by when it came, or by when it was stored where that is no
 * time. Null is no reading.
 */
export const toSample = (
  { payload }: CharterEvent<'telemetry.data_received'>,
  { sequence, storedAt }: StoredFacts,
): RollupSample => ({
  robotId: payload.robot_id,
  sequence,
  storedAtMs: storedAt,
  atMs: timeOf(payload.recorded_at ?? payload.received_at, storedAt),
  readings: Object.entries(payload.metrics).filter(
    (reading): reading is [string, number] => reading[1] !== null,
  ),
});

const timeOf = (seconds: number, storedAt: number): number => {
  const atMs = Math.round(seconds * 1000);
  return atMs >= 0 && atMs <= storedAt + maxAheadMs ? atMs : storedAt;
};
