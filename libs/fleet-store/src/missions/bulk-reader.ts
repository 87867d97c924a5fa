import type { Socket } from 'node:net';

import type { FleetRedis } from '../connect-redis.ts';
import { createEntriesDecoder } from './entries-decoder.ts';
import type { RawEntry } from './mission-stream.ts';

/** Reads much of a stream over a connection of its own. One read at a time. */
export interface BulkReader {
  read(after: string, to: string, count: number): Promise<RawEntry[]>;
  close(): void;
}

const silenceMs = 5000;

/**
 * Opens a connection that does nothing but `XRANGE`. The client connects it (address, TLS, credentials) and then hands
 * its socket over: its own decoder would cost more than all the rest of the work. Rejects when it cannot connect.
 */
export const openBulkReader = async (redis: FleetRedis, key: string): Promise<BulkReader> => {
  const client = redis.commands.duplicate({
    lazyConnect: true,
    retryStrategy: () => null,
    sentinelRetryStrategy: () => null,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    client.disconnect();
    throw error;
  }
  const socket = client.stream;
  socket.removeAllListeners('data');
  return readFrom(socket, key, () => client.disconnect());
};

const readFrom = (socket: Socket, key: string, disconnect: () => void): BulkReader => {
  const decoder = createEntriesDecoder();
  let waiting: { resolve: (entries: RawEntry[]) => void; reject: (error: unknown) => void } | undefined;
  const fail = (error: Error): void => {
    waiting?.reject(error);
    waiting = undefined;
    disconnect();
  };
  socket.on('data', (bytes: Buffer) => {
    try {
      const entries = decoder(bytes);
      if (entries === undefined) return;
      socket.setTimeout(0);
      waiting?.resolve(entries);
      waiting = undefined;
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)));
    }
  });
  socket.on('close', () => fail(new Error('the connection was closed while a stream was read')));
  socket.on('timeout', () => fail(new Error(`no entries came within ${silenceMs} ms`)));
  return {
    read: (after, to, count) =>
      new Promise((resolve, reject) => {
        if (waiting !== undefined || socket.destroyed) {
          reject(new Error('expected an open connection with no other read under way'));
          return;
        }
        waiting = { resolve, reject };
        socket.setTimeout(silenceMs);
        socket.write(encodeCommand(['XRANGE', key, `(${after}`, to, 'COUNT', String(count)]));
      }),
    close() {
      socket.removeAllListeners('timeout');
      disconnect();
    },
  };
};

const encodeCommand = (words: readonly string[]): string =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
