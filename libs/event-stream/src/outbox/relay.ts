import { jetstreamManager } from '@nats-io/jetstream';

import { pause } from '../connection/pause.ts';
import type { RunningConnection } from '../connection/start-connection.ts';
import type { Log } from '../log.ts';
import { createSeldomLog } from '../log-seldom.ts';
import type { Publisher } from '../publish/publisher.ts';
import type { Detours } from './detours.ts';
import type { Outbox } from './outbox.ts';
import { ForbiddenSubjects } from './forbidden-subjects.ts';
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
/** What only another process may publish is gone through less often. */
const forbiddenLookMs = 5_000;
/** So long after the start an outbox that has not been there yet may still be on its way. */
const startMs = 5_000;
const leaseMs = 20_000;

/** Sends what is in the outbox to its streams, whoever put it there; one process at a time does so. */
export const startRelay = (outbox: Outbox, detours: Detours, parts: RelayParts): Relay => {
  const { connection, log } = parts;
  const logSeldom = createSeldomLog(log);
  const stopping = new AbortController();
  const holder = `${parts.instance} ${crypto.randomUUID()}`;
  const forbidden = new ForbiddenSubjects();
  const startedAt = performance.now();
  let depth: Relay['depth'] = null;
  let seen = false;

  /** Gives what is left: nothing but what only another may publish, or what has to wait. */
  const drain = async (): Promise<'nothing' | 'forbidden' | 'waiting'> => {
    const lease = await outbox.lease(holder, leaseMs);
    if (lease === null) return 'waiting';
    let relayed = 0;
    let passed: string | undefined;
    try {
      const jsm = await jetstreamManager(await connection.ready(stopping.signal), { checkAPI: false });
      while (connection.connected && !stopping.signal.aborted && (await lease.renew())) {
        const { publisher } = parts;
        const { signal } = stopping;
        const { appends } = detours;
        const batch = await relayBatch(outbox, lease, { jsm, publisher, signal, forbidden }, passed);
        relayed += batch.removed;
        if (batch.left === 'waiting') return 'waiting';
        if (batch.last === undefined) {
          detours.emptied(appends);
          return passed === undefined ? 'nothing' : 'forbidden';
        }
        if (batch.left === 'forbidden') passed = batch.last;
      }
      return 'waiting';
    } finally {
      if (relayed > 0) log.info({ events: relayed }, 'outbox relayed');
      await lease.release();
    }
  };

  /** Gives how long to wait before the next look. */
  const look = async (): Promise<number> => {
    const { appends } = detours;
    try {
      depth = await outbox.depth();
      seen = true;
      logSeldom.over('depth', {}, 'outbox is back');
    } catch (error) {
      depth = null;
      if (seen || performance.now() - startedAt > startMs) {
        logSeldom('warn', 'depth', { err: error }, 'outbox is away');
      }
      return lookMs;
    }
    if (depth.entries === 0) {
      detours.emptied(appends);
      return lookMs;
    }
    if (!connection.connected || !connection.prepared || (await drain()) !== 'forbidden') return lookMs;
    const { entries } = depth;
    const what = 'outbox holds events that only another is permitted to publish';
    logSeldom('warn', 'forbidden', { entries }, what);
    return forbiddenLookMs;
  };

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      let waitMs = lookMs;
      try {
        waitMs = await look();
        logSeldom.over('relay', {}, 'outbox can be relayed again');
      } catch (error) {
        logSeldom('warn', 'relay', { err: error }, 'outbox could not be relayed, trying on');
      }
      await pause(waitMs, stopping.signal);
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
