/** A connection that the stream says is open. */
export interface OpenConnection {
  connectionId: string;
  robotId: string;
  /** The gateway process that holds the socket. */
  processId: string;
  /** Unix seconds, as the event has it. */
  connectedAt: number;
}

/** What the stream says of a connection, and when it stored that (Unix milliseconds). */
export type ConnectionChange =
  | { kind: 'established'; storedAt: number; connection: OpenConnection }
  | { kind: 'closed'; storedAt: number; connectionId: string };
