import type { CloseReason } from '@fleet/event-envelope';

/** A connection as its gateway tells the others of it. Times are Unix milliseconds of that gateway's clock. */
export interface PresenceClaim {
  robotId: string;
  connectionId: string;
  /** The gateway process that holds the socket. */
  processId: string;
  instance: string;
  connectedAt: number;
  lastSeenAt: number;
  protocol?: string | undefined;
  session?: string | undefined;
}

/** What is known of a robot: the connection that holds it, or how the last one ended. */
export interface PresenceRecord extends Omit<PresenceClaim, 'instance'> {
  /** Not known of a connection that was never claimed, unless its own gateway closed it. */
  instance?: string;
  /** Since when the robot has been there without a break, whatever number of connections that took. */
  since: number;
  ended?: { at: number; reason: CloseReason };
  /** Takeovers in the last minute, counted up to 64. */
  takeovers: number;
}

/** Reads the fields of the hash; `undefined` for a robot that is not known. */
export function parsePresence(
  robotId: string,
  fields: Record<string, string>,
  takeovers: number,
): PresenceRecord | undefined {
  const { connection, process, instance, connected_at, last_seen, since, protocol, session } = fields;
  if (connection === undefined || process === undefined) return undefined;
  const { ended_at, reason } = fields;
  return {
    robotId,
    connectionId: connection,
    processId: process,
    ...(instance ? { instance } : {}),
    connectedAt: Number(connected_at),
    lastSeenAt: Number(last_seen),
    since: Number(since),
    takeovers,
    ...(protocol ? { protocol } : {}),
    ...(session ? { session } : {}),
    ...(ended_at === undefined ? {} : { ended: { at: Number(ended_at), reason: reason as CloseReason } }),
  };
}
