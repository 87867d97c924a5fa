import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';

import type { StreamName } from '@fleet/event-envelope';

import type { Log } from '../log.ts';
import { createSeldomLog } from '../log-seldom.ts';
import type { EventStreamSettings } from '../settings.ts';
import { ContradictionError } from './contradiction-error.ts';
import { ensureStream } from './ensure-stream.ts';
import { streamNames, streamPlanOf } from './stream-plan.ts';

export interface StreamKeeper {
  /** Sees to it that every stream is there. Rejects with what stood in the way. */
  ensureAll(nc: NatsConnection): Promise<void>;
  /** Looks after one stream that may have been deleted or changed. Those who ask at the same time share one look. */
  mend(nc: NatsConnection, name: StreamName): Promise<void>;
}

const requestTimeoutMs = 5_000;

export const createStreamKeeper = (
  settings: Pick<EventStreamSettings, 'replicas' | 'streams'>,
  parts: { readonly log: Log; onContradiction(error: ContradictionError): void },
): StreamKeeper => {
  const { log } = parts;
  const logSeldom = createSeldomLog(log);
  const told = new Set<string>();
  const looks = new Map<StreamName, Promise<void>>();

  const ensure = async (nc: NatsConnection, name: StreamName) => {
    const jsm = await jetstreamManager(nc, { checkAPI: false, timeout: requestTimeoutMs });
    try {
      return await ensureStream(jsm, streamPlanOf(name, settings), log);
    } catch (error) {
      if (error instanceof ContradictionError && !told.has(error.message)) {
        told.add(error.message);
        parts.onContradiction(error);
      }
      throw error;
    }
  };

  const look = async (nc: NatsConnection, name: StreamName): Promise<void> => {
    try {
      const result = await ensure(nc, name);
      if (result === 'created') log.warn({ stream: name }, 'stream was gone and has been made again');
      if (result === 'widened') log.warn({ stream: name }, 'stream was changed and has been widened again');
    } catch (error) {
      logSeldom('warn', name, { stream: name, err: error }, 'stream takes nothing and could not be mended');
      throw error;
    }
  };

  return {
    async ensureAll(nc) {
      for (const name of streamNames) {
        const result = await ensure(nc, name);
        if (result !== 'present') log.info({ stream: name, result }, 'stream ensured');
      }
    },
    mend(nc, name) {
      const current = looks.get(name);
      if (current !== undefined) return current;
      const started = look(nc, name).finally(() => looks.delete(name));
      looks.set(name, started);
      return started;
    },
  };
};

/** Looks at nothing and changes nothing: for those who only read. What is not there is waited for. */
export const createStreamOnlooker = (log: Log): StreamKeeper => {
  const logSeldom = createSeldomLog(log);
  return {
    ensureAll: () => Promise.resolve(),
    mend: (_nc, name) => {
      const what = 'stream is not there: a service that publishes to it makes it when it starts';
      logSeldom('warn', name, { stream: name }, what);
      return Promise.resolve();
    },
  };
};
