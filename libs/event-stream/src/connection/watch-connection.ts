import type { NatsConnection, Status } from '@nats-io/nats-core';
import { PermissionViolationError } from '@nats-io/nats-core';

import type { Log } from '../log.ts';
import { createSeldomLog } from '../log-seldom.ts';

export interface ConnectionEvents {
  up(): void;
  down(): void;
  /** This user may not publish on a subject. */
  forbidden(subject: string): void;
}

/** How long the client may take to give up a connection that it has found dead. */
const staleGraceMs = 1_000;

/**
 * Follows the state of a connection until it is closed for good. A half-open one is left by force: the client flushes
 * before it disconnects, and that never ends when the socket's buffer is full.
 */
export const watchConnection = async (
  nc: NatsConnection,
  events: ConnectionEvents,
  log: Log,
): Promise<void> => {
  const logSeldom = createSeldomLog(log);
  let stale: NodeJS.Timeout | undefined;
  const on = (status: Status): void => {
    switch (status.type) {
      case 'disconnect':
        clearTimeout(stale);
        log.warn({ server: status.server }, 'event stream disconnected');
        events.down();
        break;
      case 'reconnect':
        log.info({ server: status.server }, 'event stream connected again');
        events.up();
        break;
      case 'staleConnection':
        log.warn({}, 'event stream answers no ping');
        stale = setTimeout(() => void nc.close(), staleGraceMs);
        break;
      case 'error':
        if (status.error instanceof PermissionViolationError && status.error.operation === 'publish') {
          const { subject } = status.error;
          const kind = subject.split('.', 4).join('.');
          logSeldom('error', kind, { subject }, 'event stream user is not permitted to publish');
          events.forbidden(subject);
        } else {
          const { error } = status;
          logSeldom('error', error.message, { err: error }, 'event stream server reports an error');
        }
        break;
      default:
        log.debug({ ...status }, 'event stream connection');
    }
  };
  try {
    for await (const status of nc.status()) on(status);
    await nc.closed();
  } finally {
    clearTimeout(stale);
  }
};
