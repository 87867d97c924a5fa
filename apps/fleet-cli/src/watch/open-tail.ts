import { startEventStream, type Tailed } from '@fleet/event-stream';
import { commonRules, commonSettings, eventStreamConnectionOf, parseSettings } from '@fleet/service-runtime';
import { z } from 'zod';

import { createTerminalLog } from '../report/terminal-log.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

export interface TailRequest {
  /** `NATS_URL`, or the usual place on this machine, when left out. */
  readonly nats?: string | undefined;
  readonly filters: readonly string[];
  readonly from: 'now' | 'beginning' | Date;
  readonly signal: AbortSignal;
}

export interface Tail extends AsyncIterable<Tailed> {
  /** Whether the event stream has been found. */
  isReady(): boolean;
  close(): Promise<void>;
}

const defaultServer = 'nats://127.0.0.1:4222';
const closeWithinMs = 1_000;

/** Reads events of the stream as they are and as they come, until the signal aborts. */
export const openTail = (request: TailRequest, terminal: Terminal): Tail => {
  const server = request.nats ?? terminal.env['NATS_URL'] ?? '';
  const env = { ...terminal.env, NATS_URL: server === '' ? defaultServer : server };
  const connection = eventStreamConnectionOf(parseSettings(z.object(commonSettings), env, [commonRules]));
  const log = createTerminalLog((line) => void terminal.stderr.write(`${line}\n`));
  const eventStream = startEventStream(
    connection && { ...connection, name: 'fleet-cli', keepStreams: false },
    { log },
  );
  const { filters, from, signal } = request;
  return {
    async *[Symbol.asyncIterator]() {
      try {
        yield* eventStream.tail({ filters, from, signal });
      } catch (error) {
        if (error instanceof RangeError) throw new UsageError(error.message);
        throw error;
      }
    },
    isReady: () => eventStream.ready,
    close: () => eventStream.close(closeWithinMs),
  };
};
