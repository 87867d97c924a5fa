import { join } from 'node:path';

import { eventually } from './eventually.ts';
import { firstReply } from './first-reply.ts';
import { reservePort } from './port.ts';
import { answersLikeRedis, redisImages, startRedis } from './redis.ts';
import type { Program, Server } from './server.ts';
import { startServer } from './start-server.ts';

/** A primary, its replica, and a sentinel that puts the replica in the place of a primary that is gone. */
export interface RedisGroup extends AsyncDisposable {
  /** What the sentinel calls the group. */
  readonly name: string;
  /** The primary as the group starts. */
  readonly primary: Server;
  readonly replica: Server;
  readonly sentinel: Server;
  /** `host:port` */
  readonly sentinelAddress: string;
  stop(): Promise<void>;
}

const name = 'fleet';
const configFile = 'sentinel.conf';

/** Silence of the primary before the sentinel acts: longer than a busy machine may keep it waiting. */
const downAfterMs = 3000;

const sentinelProgram = (primaryPort: number): Program => ({
  name: 'redis-server',
  scheme: 'redis',
  images: redisImages(),
  containerPort: 26_379,
  // By way of a shell, for the images' entry points give up the right to write the configuration, as a sentinel must.
  containerCommand: ['sh', '-c', 'exec redis-server "$@"', 'sh'],
  answers: answersLikeRedis,
  layout: ({ address, port, dataDir, configDir }) => ({
    args: [join(configDir, configFile), '--sentinel'],
    files: {
      [configFile]: `bind ${address}
port ${port}
dir ${dataDir}
protected-mode no
sentinel monitor ${name} 127.0.0.1 ${primaryPort} 1
sentinel down-after-milliseconds ${name} ${downAfterMs}
sentinel failover-timeout ${name} 15000
`,
    },
  }),
});

const says = (port: number, command: string, answer: RegExp): Promise<boolean> =>
  eventually(async () => answer.test(await firstReply(port, `${command}\r\n`)), {
    describe: `${command} on port ${port} to show ${answer.source}`,
    withinMs: 60_000,
  });

/** Starts the three of them; resolves when the replica follows and the sentinel knows it. */
export const startRedisGroup = async (): Promise<RedisGroup> => {
  const started: Server[] = [];
  const keep = (server: Server): Server => {
    started.push(server);
    return server;
  };
  const stop = async () => {
    await Promise.all(started.map((server) => server.stop()));
  };
  try {
    const primary = keep(await startRedis({ hostNetwork: true }));
    const following = ['--replicaof', '127.0.0.1', String(primary.port), '--repl-diskless-sync-delay', '0'];
    const replica = keep(await startRedis({ hostNetwork: true, args: following }));
    await says(primary.port, 'INFO replication', /state=online/);
    const program = sentinelProgram(primary.port);
    const sentinel = keep(await startServer(program, { port: await reservePort(), hostNetwork: true }));
    await says(sentinel.port, `SENTINEL MASTER ${name}`, /num-slaves\r\n\$1\r\n1\r\n/);
    const sentinelAddress = `127.0.0.1:${sentinel.port}`;
    return { name, primary, replica, sentinel, sentinelAddress, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
