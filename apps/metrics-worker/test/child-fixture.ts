import { resolve } from 'node:path';

import { startChild, type Child } from '@fleet/testing';

/** A worker in a process of its own, that can be killed and frozen. */
export interface ChildWorker extends AsyncDisposable {
  readonly child: Child;
  readonly url: string;
  get(path: string): Promise<{ status: number; body: unknown }>;
}

/** Starts `main.ts`; resolves when it listens. */
export const startChildWorker = async (
  servers: { redis: string; nats?: string },
  env: Record<string, string> = {},
): Promise<ChildWorker> => {
  const child = startChild({
    entry: resolve('src/main.ts'),
    env: {
      REDIS_URL: servers.redis,
      NATS_URL: servers.nats ?? '',
      PORT: '0',
      ADMIN_PORT: '0',
      AGGREGATION_INTERVAL_SECONDS: '0.1',
      JOB_LEASE_MS: '1000',
      ...env,
    },
  });
  const line = await child.line(/"worker listens"/, 60_000);
  const { port } = JSON.parse(line) as { port: number };
  const url = `http://127.0.0.1:${port}`;
  return {
    child,
    url,
    async get(path) {
      const response = await fetch(url + path);
      return { status: response.status, body: await response.json() };
    },
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
};
