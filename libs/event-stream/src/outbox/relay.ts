import { jetstreamManager } from '@nats-io/jetstream';

import { pause } from '../connection/pause.ts';
import type { RunningConnection } from '../connection/start-connection.ts';
import type { Log } from '../log.ts';
import { createSeldomLog } from '../log-seldom.ts';
import type { Publisher } from '../publish/publisher.ts';
import type { Detours } from './detours.ts';
import type { Outbox } from './outbox.ts';
import { relayBatch } from './relay-batch.ts';

export interface Relay {
  /** As last seen; `null` while the outbox is away. */
  readonly depth: { readonly entries: number; readonly oldestAgeMs: number | null } | null;
  stop(): Promise<void>;
}

export interface RelayParts {
  readonly publisher: Publisher;
  readonly connection: Pick<RunningConnection, 'connected' | 'prepared' | 'ready'>;
  readonly log: Log;
  readonly instance: string;
}

const lookMs = 500;
const leaseMs = 20_000;

/** Sends what is in the outbox to its streams, whoever put it there; one process at a time does so. */
export const startRelay = (outbox: Outbox, detours: Detours, parts: RelayParts): Relay => {
  const { connection, log } = parts;
  const logSeldom = createSeldomLog(log);
  const stopping = new AbortController();
  const holder = `${parts.instance} ${crypto.randomUUID()}`;
  let depth: Relay['depth'] = null;

  const drain = async (): Promise<void> => {
    const lease = await outbox.lease(holder, leaseMs);
    if (lease === null) return;
    let relayed = 0;
    try {
      const jsm = await jetstreamManager(await connection.ready(stopping.signal), { checkAPI: false });
      while (connection.connected && !stopping.signal.aborted && (await lease.renew())) {
        const batch = await relayBatch(outbox, lease, {
          jsm,
          publisher: parts.publisher,
          signal: stopping.signal,
        });
        relayed += batch.removed;
        if (batch.read === 0 || batch.removed < batch.read) return;
      }
    } finally {
      if (relayed > 0) log.info({ events: relayed }, 'outbox relayed');
      await lease.release();
    }
  };

  const look = async (): Promise<void> => {
    const { appends } = detours;
    try {
      depth = await outbox.depth();
    } catch (error) {
      depth = null;
      logSeldom('warn', 'depth', { err: error }, 'outbox is away');
      return;
    }
    if (depth.entries === 0) detours.emptied(appends);
    else if (connection.connected && connection.prepared) await drain();
  };

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        await look();
      } catch (error) {
        logSeldom('warn', 'relay', { err: error }, 'outbox could not be relayed, trying on');
      }
      await pause(lookMs, stopping.signal);
    }
  };
  const running = run();

  return {
    get depth() {
      return depth;
    },
    async stop() {
      stopping.abort(new Error('the relay is stopped'));
      await running;
    },
  };
};
