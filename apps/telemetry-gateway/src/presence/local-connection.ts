import type { PresenceClaim } from '@fleet/fleet-store';
import type { OpenedConnection } from './presence-keeper.ts';

/** A connection that this process holds. */
export interface LocalConnection extends OpenedConnection {
  lastSeenAt: number;
  /** Since when the robot has been there without a break, as far as this process knows. */
  since: number;
}

export const claimOf = (
  { robotId, connectionId, connectedAt, lastSeenAt, protocol, session }: LocalConnection,
  by: { instance: string; processId: string },
): PresenceClaim => ({
  robotId,
  connectionId,
  connectedAt,
  lastSeenAt,
  protocol,
  session,
  instance: by.instance,
  processId: by.processId,
});
