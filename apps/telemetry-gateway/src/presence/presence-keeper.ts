import type { CloseReason } from '@fleet/event-envelope';

/** A socket that presence is told of, and keeps until it ends. Times are Unix milliseconds. */
export interface OpenedConnection {
  robotId: string;
  connectionId: string;
  connectedAt: number;
  protocol?: string | undefined;
  /** The robot's own name for the session that the socket goes on with. */
  sessionName?: string | undefined;
  /** Closes the socket with a close code and the reason its `closed` will carry. */
  close(code: number, reason: CloseReason): void;
}

export type PresenceState = 'online' | 'stale' | 'offline' | 'unknown';

/** What is said of a robot. Times are Unix milliseconds. */
export interface Presence {
  robotId: string;
  state: PresenceState;
  /** When the robot entered this state, as far as it can be told. */
  since: number;
  /** Only for `offline`. */
  reason?: CloseReason | undefined;
  lastSeenAt: number;
  connectionId: string;
  /** Not known of a connection whose gateway died before presence heard of it. */
  instance?: string | undefined;
  connectedAt: number;
  protocol?: string | undefined;
  session?: string | undefined;
  /** Takeovers of the robot's connection in the last minute. */
  takeovers: number;
  /** More takeovers than the limit allows: two robots fight for one id. */
  contested: boolean;
}

export interface PresenceQuery {
  /** 1 to 500. */
  limit: number;
  /** The last robot id of the page before. */
  cursor?: string | undefined;
  state?: PresenceState | undefined;
}

export interface PresencePage {
  robots: Presence[];
  /** Absent on the last page. */
  nextCursor?: string | undefined;
}

/** Redis is away and this instance does not hold what was asked for. */
export class PresenceAwayError extends Error {
  constructor(options?: ErrorOptions) {
    super('presence is unknown while Redis is away', options);
    this.name = 'PresenceAwayError';
  }
}

/** Who is connected, here and on every other instance. */
export interface PresenceKeeper {
  /** Takes the robot over from any older connection and emits `connection_established`. */
  open(connection: OpenedConnection): void;
  /** 0, or how long a new connection of the robot must wait: it was taken over too often. */
  fightingDelayMs(robotId: string): number;
  /** Cheap; written to Redis in batches. */
  seen(robotId: string, connectionId: string, atMs: number): void;
  /** Emits `connection_closed` exactly once, however often it is called. */
  closed(connectionId: string, reason: CloseReason): void;
  /** `undefined` for a robot never seen; rejects with a {@link PresenceAwayError}. */
  presenceOf(robotId: string): Promise<Presence | undefined>;
  list(query: PresenceQuery): Promise<PresencePage>;
  stop(): Promise<void>;
}
