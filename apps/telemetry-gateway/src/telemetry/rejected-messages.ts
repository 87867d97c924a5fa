import type { EventPayload } from '@fleet/event-envelope';

/** Why a message was refused, as the robot is told. */
export interface Rejection {
  readonly code: string;
  readonly detail: string;
  readonly path?: string | undefined;
}

const burst = 5;
const refillMs = 5000;
const maxSampleBytes = 1024;

/** Which refusals of a connection become an event: a few at once, then one every five seconds. */
export class RejectedMessages {
  #left = burst;
  #refilledAt = 0;

  allow(nowMs: number): boolean {
    const earned = Math.floor((nowMs - this.#refilledAt) / refillMs);
    if (earned > 0) {
      this.#left = Math.min(burst, this.#left + earned);
      this.#refilledAt = nowMs;
    }
    if (this.#left === 0) return false;
    this.#left -= 1;
    return true;
  }
}

/** @param message the refused message as it came, where it is still there; its beginning goes with the event */
export const toRejectedPayload = (
  connection: { robotId: string; connectionId: string },
  { code, detail, path }: Rejection,
  message: string | undefined,
  nowMs: number,
): EventPayload<'telemetry.message_rejected'> => ({
  robot_id: connection.robotId,
  connection_id: connection.connectionId,
  code,
  detail,
  rejected_at: nowMs / 1000,
  ...(path !== undefined && { path }),
  ...(message !== undefined && { sample: beginningOf(message) }),
});

const beginningOf = (message: string): string => {
  const bytes = Buffer.from(message.slice(0, maxSampleBytes));
  if (bytes.length <= maxSampleBytes) return bytes.toString();
  // A character that is cut in two is left out.
  return bytes
    .subarray(0, maxSampleBytes)
    .toString()
    .replace(/\uFFFD$/, '');
};
