import type { NatsConnection } from '@nats-io/nats-core';

/** The one connection to the servers, made in the background and made again for ever. */
export interface StreamConnection {
  /**
   * The connection once it is there and the streams are ensured; waits as long as it takes. It reconnects by itself;
   * when its `closed()` settles all the same, ask here for the next one. Rejects with the signal's reason, or when the
   * event stream is closed before.
   */
  ready(signal?: AbortSignal): Promise<NatsConnection>;
  /** Whether the socket is up as far as is known. */
  readonly connected: boolean;
  /** Aborted when the event stream is closed. */
  readonly closed: AbortSignal;
}
