import type { PresenceClaim } from '@fleet/fleet-store';
import type { OpenedConnection } from './presence-keeper.ts';

/** A connection that this process holds: what was opened, itself and no copy of it, and what presence knows of it. */
export class LocalConnection {
  readonly opened: OpenedConnection;
  lastSeenAt: number;
  /** Since when the robot has been there without a break, as far as this process knows. */
  since: number;

  constructor(opened: OpenedConnection, since: number) {
    this.opened = opened;
    this.lastSeenAt = opened.connectedAt;
    this.since = since;
  }

  get robotId(): string {
    return this.opened.robotId;
  }

  get connectionId(): string {
    return this.opened.connectionId;
  }

  get connectedAt(): number {
    return this.opened.connectedAt;
  }
}

export const claimOf = (
  { opened, lastSeenAt }: LocalConnection,
  by: { instance: string; processId: string },
): PresenceClaim => ({
  robotId: opened.robotId,
  connectionId: opened.connectionId,
  connectedAt: opened.connectedAt,
  lastSeenAt,
  protocol: opened.protocol,
  session: opened.sessionName,
  instance: by.instance,
  processId: by.processId,
});
