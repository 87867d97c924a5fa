import type { PresenceClaim } from '@fleet/fleet-store';
import type { OpenedConnection } from './presence-keeper.ts';

/**
 * A connection that this process holds: what was opened, itself and no copy of it, and the times that presence knows of it.
 * A time that is the connection's beginning, as with all that are idle, is not kept twice.
 */
export class LocalConnection {
  readonly opened: OpenedConnection;
  #lastSeenAt: number | undefined;
  #since: number | undefined;

  constructor(opened: OpenedConnection, since: number) {
    this.opened = opened;
    this.since = since;
  }

  get lastSeenAt(): number {
    return this.#lastSeenAt ?? this.connectedAt;
  }

  set lastSeenAt(at: number) {
    this.#lastSeenAt = at;
  }

  /** Since when the robot has been there without a break, as far as this process knows. */
  get since(): number {
    return this.#since ?? this.connectedAt;
  }

  set since(at: number) {
    this.#since = at === this.connectedAt ? undefined : at;
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
