import type { NatsConnection } from '@nats-io/nats-core';

import type { Log } from '../log.ts';
import { createSeldomLog } from '../log-seldom.ts';
import { fullJitterMs } from '../publish/backoff.ts';
import type { EventStreamSettings } from '../settings.ts';
import { createDial } from './dial.ts';
import { pause } from './pause.ts';
import { ReadyLine } from './ready-line.ts';
import type { StreamConnection } from './stream-connection.ts';
import { watchConnection } from './watch-connection.ts';
import { within } from '../within.ts';

export interface ConnectionParts {
  readonly log: Log;
  /** Makes a new connection useful: sees to the streams. Tried again while it rejects. */
  prepare(nc: NatsConnection): Promise<void>;
  /** Prepared and connected: for the first time or again. */
  up(nc: NatsConnection): void;
  /** What is on the wire may be lost. */
  down(): void;
  /** The connection is gone for good; another follows. */
  gone(): void;
  forbidden(subject: string): void;
}

export interface RunningConnection extends StreamConnection {
  readonly prepared: boolean;
  /** Times a connection was made again. */
  readonly reconnects: number;
  stop(): Promise<void>;
}

const stopMs = 1_000;

interface State {
  connected: boolean;
  prepared: boolean;
  reconnects: number;
  nc: NatsConnection | undefined;
}

/** Connects in the background and stays connected until it is stopped, whatever happens to the servers. */
export const startConnection = (settings: EventStreamSettings, parts: ConnectionParts): RunningConnection => {
  const { log } = parts;
  const logSeldom = createSeldomLog(log);
  const closing = new AbortController();
  const state: State = { connected: false, prepared: false, reconnects: 0, nc: undefined };
  const line = new ReadyLine();
  const dialling = createDial(settings, log);
  const isClosing = (): boolean => closing.signal.aborted;

  const prepare = async (nc: NatsConnection): Promise<void> => {
    for (let failures = 1; !nc.isClosed() && !isClosing(); failures += 1) {
      try {
        await parts.prepare(nc);
        state.prepared = true;
        if (state.connected) parts.up(nc);
        line.serve(nc);
        return;
      } catch (error) {
        if (nc.isClosed()) return;
        logSeldom('warn', 'prepare', { err: error }, 'streams could not be ensured, trying on');
        await pause(fullJitterMs(failures, 200), closing.signal);
      }
    }
  };

  const serve = async (nc: NatsConnection): Promise<void> => {
    Object.assign(state, { nc, connected: true, prepared: false });
    log.info({ server: nc.getServer(), version: nc.info?.version }, 'event stream connected');
    const watched = watchConnection(
      nc,
      {
        up: () => {
          state.connected = true;
          state.reconnects += 1;
          if (state.prepared) parts.up(nc);
        },
        down: () => {
          state.connected = false;
          parts.down();
        },
        forbidden: (subject) => parts.forbidden(subject),
      },
      log,
    );
    await Promise.all([watched, prepare(nc)]);
    Object.assign(state, { nc: undefined, connected: false, prepared: false });
    parts.gone();
  };

  const run = async (): Promise<void> => {
    let served = false;
    for (let failures = 1; !isClosing(); failures += 1) {
      try {
        const nc = await dialling.dial();
        if (isClosing()) {
          await nc.close();
          return;
        }
        failures = 0;
        if (served) state.reconnects += 1;
        served = true;
        await serve(nc);
      } catch {
        await pause(fullJitterMs(failures, 200), closing.signal);
      }
    }
  };
  const running = run();

  return {
    get connected() {
      return state.connected;
    },
    get prepared() {
      return state.prepared;
    },
    get reconnects() {
      return state.reconnects;
    },
    closed: closing.signal,
    ready(signal) {
      if (state.prepared && state.nc !== undefined) return Promise.resolve(state.nc);
      return isClosing() ? Promise.reject(closing.signal.reason as Error) : line.wait(signal);
    },
    async stop() {
      const reason = new Error('the event stream is closed');
      closing.abort(reason);
      line.dismiss(reason);
      dialling.abandon();
      // The client flushes first, and a server that hangs may take nothing more.
      await within(stopMs, Promise.resolve(state.nc?.close()));
      // A dial that nobody answers ends by itself when its time is over.
      const enough = new AbortController();
      await Promise.race([running.then(() => enough.abort()), pause(stopMs, enough.signal)]);
    },
  };
};
