import type { NatsConnection } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';

import type { Log } from '../log.ts';
import type { EventStreamSettings } from '../settings.ts';
import { connectOptionsOf } from './connect-options.ts';

const redialMs = 500;
const sayEveryMs = 60_000;

/**
 * Makes a connection, however long it takes. The first try of each is made alone, since it tells why it fails; from
 * then on the client tries by itself, silently: that way it closes what it has opened, even where a server accepts and
 * says nothing.
 */
export const createDial = (
  settings: EventStreamSettings,
  log: Log,
): { dial(): Promise<NatsConnection>; abandon(): void } => {
  let abandoned = false;
  let saidAt = 0;
  const { servers } = settings;

  // The client cannot be told to stop trying, but it asks how long to wait before each try.
  const nextDelay = (): number => {
    if (abandoned) throw new Error('the event stream is closed');
    if (Date.now() - saidAt > sayEveryMs) {
      saidAt = Date.now();
      log.warn({ servers }, 'event stream still not reached, trying on');
    }
    return redialMs / 2 + (Math.random() * redialMs) / 2;
  };

  return {
    async dial() {
      const options = await connectOptionsOf(settings);
      try {
        return await connect(options);
      } catch (error) {
        saidAt = Date.now();
        log.warn({ servers, err: error }, 'event stream not reached, trying on');
      }
      return connect({ ...options, waitOnFirstConnect: true, reconnectDelayHandler: nextDelay });
    },
    abandon() {
      abandoned = true;
    },
  };
};
