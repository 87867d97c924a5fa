import type { StreamName } from '@fleet/event-envelope';
import type { Msg, NatsConnection } from '@nats-io/nats-core';

import { pause } from '../connection/pause.ts';
import type { Log } from '../log.ts';
import type { SeldomLog } from '../log-seldom.ts';
import { fullJitterMs } from '../publish/backoff.ts';
import { ensureDurable, type DurableWish, type FoundConsumer, type Progress } from './durable-consumer.ts';
import { isStreamGone } from '../streams/is-stream-gone.ts';
import type { PullTrouble } from './pull-status.ts';
import { Puller } from './puller.ts';
import { within } from '../within.ts';

export interface ServeParts {
  readonly nc: NatsConnection;
  readonly wish: DurableWish;
  readonly log: Log;
  readonly logSeldom: SeldomLog;
  /** Ends it. */
  readonly signal: AbortSignal;
  progress(): Progress | undefined;
  want(asked: number): number;
  onFound(found: FoundConsumer): void;
  onMessage(message: Msg): void;
  /** What asks for messages, while there is such a thing. */
  onPuller(puller: Puller | undefined): void;
  mend(stream: StreamName): Promise<void>;
}

const stopMs = 2_000;
const mebibyte = 1024 ** 2;

/** Tries until the durable is there; false when there is no point in going on. */
const ensure = async ({ nc, wish, log, logSeldom, signal, ...parts }: ServeParts): Promise<boolean> => {
  for (let failures = 1; !signal.aborted && !nc.isClosed(); failures += 1) {
    try {
      parts.onFound(await ensureDurable(nc, wish, parts.progress(), log));
      logSeldom.over('ensure', { durable: wish.durable, stream: wish.stream }, 'durable is ensured');
      return true;
    } catch (error) {
      logSeldom('warn', 'ensure', { ...wish, err: error }, 'durable could not be ensured, trying on');
      if (isStreamGone(error)) await parts.mend(wish.stream).catch(() => undefined);
      await pause(fullJitterMs(failures, 200), signal);
    }
  }
  return false;
};

/**
 * Has a durable deliver over one connection, and looks after it when it does not, until the connection is closed for
 * good or the signal says so. When it resolves, nothing more comes.
 */
export const serveDurable = async (parts: ServeParts): Promise<void> => {
  const { nc, wish, signal } = parts;
  const over = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
    void nc.closed().then(() => resolve(undefined));
  });
  const { durable, stream } = wish;
  let troubleKind = '';
  let report: (trouble: PullTrouble) => void = () => undefined;
  const puller = new Puller({
    nc,
    stream: wish.stream,
    consumer: wish.durable,
    maxBytes: Math.max(2 * mebibyte, 2 * (nc.info?.max_payload ?? 0)),
    want: (asked) => parts.want(asked),
    onMessage: (message) => parts.onMessage(message),
    onTrouble: (trouble) => report(trouble),
  });
  parts.onPuller(puller);
  try {
    while (await ensure(parts)) {
      const troubled = new Promise<PullTrouble>((resolve) => (report = resolve));
      puller.resume();
      parts.logSeldom.over(troubleKind, { durable, stream }, 'durable is asked to deliver again');
      const trouble = await Promise.race([troubled, over]);
      if (trouble === undefined) return;
      troubleKind = trouble.kind;
      const facts = { durable, stream, ...trouble };
      parts.logSeldom('warn', trouble.kind, facts, 'durable does not deliver, looking after it');
      await pause(trouble.kind === 'refused' ? 5_000 : 100, signal);
    }
  } finally {
    parts.onPuller(undefined);
    await within(stopMs, puller.stop());
  }
};
