import type { Redis } from 'ioredis';
import { createClient, type RedisAddress } from './redis-client.ts';
import { createSubscriber, type FleetSubscriber } from './redis-subscriber.ts';
import { watchSilence } from './redis-watchdog.ts';
import { createTurnPipeline, type Command } from './turn-pipeline.ts';

/** Where this library writes what a person may want to know. */
export interface StoreLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface RedisSettings extends RedisAddress {
  log: StoreLog;
  /** A server that has said nothing for this long, though asked, is away. Default 2000. */
  silenceMs?: number;
}

export type RedisStatus = 'ready' | 'away';

/** A connection that is either there or says so at once. It never holds a command back for later. */
export interface FleetRedis {
  /**
   * Every Redis command and `pipeline()`. While Redis is away they reject at once; a command under way when Redis
   * falls silent rejects within `silenceMs` and half a second, and may or may not have been carried out.
   * Never a blocking command (`XREAD BLOCK`), never `SUBSCRIBE`: they would hold up everyone else.
   */
  readonly commands: Redis;
  /**
   * One command, sent in one piece with the others of the same turn of the event loop: for what many ask at once.
   * Behaves like `commands` otherwise; not for a cluster.
   */
  soon(command: Command): Promise<unknown>;
  readonly status: RedisStatus;
  /** Calls the listener at each change; the returned function takes it off. A listener must not throw. */
  onStatus(listener: (status: RedisStatus) => void): () => void;
  /** Resolves when Redis answers; rejects with the signal's reason. */
  untilReady(signal?: AbortSignal): Promise<void>;
  /** A connection of its own for pub/sub, which stops with this one. */
  createSubscriber(): FleetSubscriber;
  /** Closes the connections; commands under way reject. */
  stop(): Promise<void>;
}

/**
 * Connects in the background and for ever: an absent server is `away`, not an error. One warning when it goes away,
 * one line when it is back. The password is never logged.
 */
export function connectRedis(settings: RedisSettings): FleetRedis {
  const { log, silenceMs = 2000 } = settings;
  const client = createClient(settings);
  const listeners = new Set<(status: RedisStatus) => void>();
  const subscribers = new Set<FleetSubscriber>();
  let status: RedisStatus = 'away';
  let saidAway = false;
  let stopped = false;
  let lastError: string | undefined;

  const watchdog = watchSilence(client, silenceMs, (facts) => {
    lastError = 'no answer to a PING';
    log.debug(facts, 'redis connection dropped: no answer');
  });

  function become(next: RedisStatus): void {
    if (stopped) return;
    if (next === 'away' && !saidAway) {
      saidAway = true;
      log.warn({ redis: settings.name, reason: lastError ?? 'connection closed' }, 'redis is away');
    } else if (next === 'ready' && status === 'away') {
      log.info({ redis: settings.name, returned: saidAway }, 'redis is ready');
      saidAway = false;
    }
    if (next === status) return;
    status = next;
    for (const listener of listeners) listener(next);
  }

  // The error's other fields hold the command that failed, and that may be AUTH: only its message is passed on.
  client.on('error', (error: Error) => {
    lastError = error.message;
    // While no sentinel answers there is no connection that could close.
    if (settings.sentinel !== undefined && status === 'away') become('away');
  });
  client.on('ready', () => {
    lastError = undefined;
    become('ready');
  });
  client.on('close', () => become('away'));

  function onStatus(listener: (status: RedisStatus) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  return {
    commands: client,
    soon: createTurnPipeline(client),
    get status() {
      return status;
    },
    onStatus,
    async untilReady(signal) {
      signal?.throwIfAborted();
      if (status === 'ready') return;
      const { promise, resolve, reject } = withResolvers();
      const off = onStatus(() => resolve());
      const onAbort = (): void => reject(signal?.reason);
      signal?.addEventListener('abort', onAbort, { once: true });
      try {
        await promise;
      } finally {
        off();
        signal?.removeEventListener('abort', onAbort);
      }
    },
    createSubscriber() {
      const subscriber = createSubscriber(settings, silenceMs);
      subscribers.add(subscriber);
      return subscriber;
    },
    async stop() {
      stopped = true;
      status = 'away';
      watchdog.stop();
      client.disconnect();
      await Promise.all([...subscribers].map((subscriber) => subscriber.stop()));
    },
  };
}

function withResolvers(): { promise: Promise<void>; resolve: () => void; reject: (reason: unknown) => void } {
  let resolve!: () => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
