import { firstReply } from './first-reply.ts';
import { reservePort } from './port.ts';
import type { Images, Program, Server } from './server.ts';
import { startServer } from './start-server.ts';

export interface RedisOptions {
  /** Further arguments of redis-server, such as `['--maxmemory', '10mb']`. */
  args?: readonly string[];
  /** True by default: what was written before `kill` is there after `start`. */
  appendOnly?: boolean;
  port?: number;
  /** Keeps the data in this directory, beyond `stop`. */
  storeDir?: string;
  /** A container of it shares the machine's own network, so that servers reach each other as processes do. */
  hostNetwork?: boolean;
}

export const redisImages = (): Images => ({
  wanted: process.env['REDIS_IMAGE'],
  built: 'fleet/redis:trixie',
  official: 'redis:8-alpine',
});

export const answersLikeRedis = async (port: number) => {
  const reply = await firstReply(port, 'PING\r\n');
  if (!/^(\+PONG|-NOAUTH|-NOPERM)/.test(reply)) throw new Error(`redis-server says ${reply.trim()}`);
};

/** Starts a Redis server of its own for a test; resolves when it answers. */
export const startRedis = async (options: RedisOptions = {}): Promise<Server> => {
  const { args = [], appendOnly = true, storeDir, hostNetwork = false } = options;
  const program: Program = {
    name: 'redis-server',
    scheme: 'redis',
    images: redisImages(),
    containerPort: 6379,
    containerCommand: ['redis-server'],
    answers: answersLikeRedis,
    layout: ({ address, port, dataDir }) => ({
      files: {},
      args: [
        ...['--bind', address, '--port', String(port), '--dir', dataDir, '--protected-mode', 'no'],
        ...['--save', '', '--appendonly', appendOnly ? 'yes' : 'no', ...args],
      ],
    }),
  };
  return startServer(program, {
    port: options.port ?? (await reservePort()),
    hostNetwork,
    ...(storeDir !== undefined && { storeDir }),
  });
};
