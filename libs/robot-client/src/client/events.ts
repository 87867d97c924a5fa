/** What a client tells besides the fate of single samples. */
export interface RobotEvents {
  /** The gateway has welcomed the robot. */
  connected: {
    readonly connectionId: string;
    /** The highest stored `seq` of the session. */
    readonly lastSeq: number | null;
  };
  /** A connection ended, or an attempt failed; the next comes after `retryMs`, or never when that is null. */
  disconnected: {
    readonly code: number;
    readonly meaning: string;
    readonly wasConnected: boolean;
    readonly retryMs: number | null;
    readonly error?: Error | undefined;
  };
  /** The gateway has confirmed `count` more samples, the highest being `seq`. */
  acked: { readonly seq: number; readonly count: number };
  /** The gateway refused something; without `seq` it did not say what. */
  refused: {
    readonly code: string;
    readonly detail: string;
    readonly seq?: number | undefined;
    readonly path?: string | undefined;
  };
  /** The full buffer let go of its oldest sample. */
  dropped: { readonly seq: number };
  /** The robot is over its rate; what the gateway dropped is sent again later. */
  throttled: { readonly retryMs: number; readonly dropped: number };
  /** The gateway is about to close. */
  closing: { readonly reason: string; readonly reconnectMs: number };
  /** A newer connection of the same robot took over; the client has stopped unless told otherwise. */
  replaced: Record<string, never>;
  /** The gateway refuses this robot (401, 403 or 404); the client goes on trying, slowly. */
  unauthorized: { readonly status: number };
  /** The gateway said something that is not the protocol, or the buffer failed to write something that is not vital. */
  warning: { readonly error: Error };
}

export type RobotEventName = keyof RobotEvents;

export type RobotListener<E extends RobotEventName> = (event: RobotEvents[E]) => void;
