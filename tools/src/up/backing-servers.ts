import { join } from 'node:path';

import type { Lifecycle } from '@fleet/service-runtime';
import { serverMode, startNats, startRedis, type Server } from '@fleet/testing';

import { freePort } from './free-port.ts';

export interface BackingServers {
  readonly natsUrl: string;
  readonly redisUrl: string;
}

interface Parts {
  readonly lifecycle: Lifecycle;
  readonly keepData: string | undefined;
  readonly say: (line: string) => void;
}

/**
 * The servers the environment names, and for those it does not name, servers of our own, which end with the lifecycle.
 */
export const findBackingServers = async ({ lifecycle, keepData, say }: Parts): Promise<BackingServers> => {
  const own = async (
    name: string,
    usualPort: number,
    start: (options: { port: number; storeDir?: string }) => Promise<Server>,
  ) => {
    serverMode();
    const server = await start({
      port: await freePort(usualPort, name, say),
      ...(keepData !== undefined && { storeDir: join(keepData, name.toLowerCase()) }),
    });
    lifecycle.defer(name, () => server.stop());
    return server.url;
  };
  const { NATS_URL: natsUrl, REDIS_URL: redisUrl } = process.env;
  return {
    natsUrl: natsUrl || (await own('NATS', 4222, startNats)),
    redisUrl: redisUrl || (await own('Redis', 6379, startRedis)),
  };
};
