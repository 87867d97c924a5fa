import type { CharterEvent } from '@fleet/event-envelope';
import type { RollupSample } from '@fleet/fleet-store';

/** What the telemetry stream says of an event beside the event. */
export interface StoredFacts {
  readonly sequence: number;
  /** Unix milliseconds. */
  readonly storedAt: number;
}

/** An event as a sample: dated by when the robot recorded it, else by when it came. Null is no reading. */
export const toSample = (
  { payload }: CharterEvent<'telemetry.data_received'>,
  { sequence, storedAt }: StoredFacts,
): RollupSample => ({
  robotId: payload.robot_id,
  sequence,
  storedAtMs: storedAt,
  atMs: Math.round((payload.recorded_at ?? payload.received_at) * 1000),
  readings: Object.entries(payload.metrics).filter(
    (reading): reading is [string, number] => reading[1] !== null,
  ),
});
