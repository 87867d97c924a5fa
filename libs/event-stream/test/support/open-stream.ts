import type { Server } from '@fleet/testing';

import {
  startEventStream,
  type EventStream,
  type EventStreamParts,
  type EventStreamSettings,
} from '../../src/index.ts';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: object;
}

export interface OpenStream extends AsyncDisposable {
  readonly stream: EventStream;
  /** What it has logged, debug lines left out. */
  readonly lines: readonly LogLine[];
}

/** Limits that fit a test's server. */
const small = { maxBytes: 256 * 1024 ** 2 };
export const smallStreams = {
  CHARTER_EVENTS: small,
  CHARTER_TELEMETRY: small,
  CHARTER_DEAD_LETTERS: { maxBytes: 16 * 1024 ** 2 },
};

/** An event stream on a test's server, closed with the test. */
export const openStream = (
  server: Pick<Server, 'url'>,
  settings: Partial<EventStreamSettings> = {},
  parts: Partial<EventStreamParts> = {},
): OpenStream => {
  const lines: LogLine[] = [];
  const level = (name: LogLine['level']) => (fields: object, message: string) => {
    if (name !== 'debug') lines.push({ level: name, message, fields });
  };
  const stream = startEventStream(
    {
      servers: server.url.split(','),
      name: 'test',
      instance: 'test-1',
      streams: smallStreams,
      ...settings,
    },
    {
      log: { debug: level('debug'), info: level('info'), warn: level('warn'), error: level('error') },
      ...parts,
    },
  );
  return { stream, lines, [Symbol.asyncDispose]: () => stream.close(2_000) };
};
