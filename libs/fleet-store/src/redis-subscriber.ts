import { createClient, type RedisAddress } from './redis-client.ts';
import { watchSilence } from './redis-watchdog.ts';

/** Pub/sub as Redis has it: what is published while the connection is down is not heard. */
export interface FleetSubscriber {
  /** Hears the channel from now on, and again after each reconnection. A listener must not throw. */
  subscribe(channel: string, listener: (message: string) => void): void;
  stop(): Promise<void>;
}

export function createSubscriber(address: RedisAddress, silenceMs: number): FleetSubscriber {
  const client = createClient({ ...address, name: `${address.name}:subscriber` });
  const listeners = new Map<string, Set<(message: string) => void>>();
  const watchdog = watchSilence(client, silenceMs, () => undefined);

  // What fails here is asked for again by the next `ready`; the main connection has said that Redis is away.
  const ask = (channels: string[]): void => {
    if (channels.length > 0) client.subscribe(...channels).catch(() => undefined);
  };
  client.on('error', () => undefined);
  client.on('ready', () => ask([...listeners.keys()]));
  client.on('message', (channel: string, message: string) => {
    for (const listener of listeners.get(channel) ?? []) listener(message);
  });

  return {
    subscribe(channel, listener) {
      const present = listeners.get(channel);
      if (present) {
        present.add(listener);
        return;
      }
      listeners.set(channel, new Set([listener]));
      if (client.status === 'ready') ask([channel]);
    },
    stop() {
      watchdog.stop();
      client.disconnect();
      return Promise.resolve();
    },
  };
}
