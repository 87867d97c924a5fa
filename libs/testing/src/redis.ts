import { firstReply } from './first-reply.ts';
import { reservePort } from './port.ts';
import type { Program, Server } from './server.ts';
import { startServer } from './start-server.ts';

export interface RedisOptions {
  /** Further arguments of redis-server, such as `['--maxmemory', '10mb']`. */
  args?: readonly string[];
  /** True by default: what was written before `kill` is there after `start`. */
  appendOnly?: boolean;
  port?: number;
  /** Keeps the data in this directory, beyond `stop`. */
  storeDir?: string;
}

const answers = async (port: number) => {
  const reply = await firstReply(port, 'PING\r\n');
  if (!/^(\+PONG|-NOAUTH|-NOPERM)/.test(reply)) throw new Error(`redis-server says ${reply.trim()}`);
};

/** Starts a Redis server of its own for a test; resolves when it answers. */
export const startRedis = async (options: RedisOptions = {}): Promise<Server> => {
  const { args = [], appendOnly = true, storeDir } = options;
  const program: Program = {
    name: 'redis-server',
    scheme: 'redis',
    images: { wanted: process.env['REDIS_IMAGE'], built: 'fleet/redis:trixie', official: 'redis:8-alpine' },
    containerPort: 6379,
    containerCommand: ['redis-server'],
    answers,
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
    ...(storeDir !== undefined && { storeDir }),
  });
};
