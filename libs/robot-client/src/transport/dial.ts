/** How a connection ended or failed to begin. */
export interface Ending {
  /** The close code; 1006 when there was no close frame, or no connection at all. */
  readonly code: number;
  readonly reason: string;
  /** The gateway answered the upgrade with this status instead. */
  readonly refusedStatus?: number | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly error?: Error | undefined;
}

export interface DialRequest {
  /** Without the token, which belongs into no URL. */
  readonly url: string;
  readonly token: string | undefined;
  readonly timeoutMs: number;
}

/** `ended` is called exactly once and last, whatever happens. */
export interface SocketEvents {
  opened(): void;
  frame(text: string): void;
  /** Something came that is no message: a ping. */
  alive(): void;
  ended(ending: Ending): void;
}

export interface RobotSocket {
  /** Whether pings of the gateway are seen; a browser hides them. */
  readonly seesPings: boolean;
  /** What has been given to `send` and not yet to the network. */
  readonly bufferedBytes: number;
  send(text: string): void;
  /** Begins the closing handshake with code 1000. */
  close(): void;
  /** Ends it at once. */
  terminate(): void;
}

/** Opens one WebSocket; never throws. */
export type Dial = (request: DialRequest, events: SocketEvents) => RobotSocket;
