import { parseSettings, Lifecycle } from '@fleet/service-runtime';
import { pino } from 'pino';

import { startWorker } from '../src/service.ts';
import { workerRules, workerSettings } from '../src/settings.ts';

export interface TestWorker extends AsyncDisposable {
  readonly url: string;
  readonly adminUrl: string;
  /** What it has logged. */
  readonly logged: Record<string, unknown>[];
  /** The answer's status and body. */
  get(path: string): Promise<{ status: number; body: unknown }>;
  post(path: string, headers?: Record<string, string>): Promise<{ status: number; body: unknown }>;
  metric(line: RegExp): Promise<number | undefined>;
  stop(): Promise<void>;
}

/** A worker as `main.ts` starts it, in this process and on free ports. It runs every 0.1 s unless told. */
export const startTestWorker = async (
  servers: { redis: string; nats?: string },
  env: Record<string, string> = {},
): Promise<TestWorker> => {
  const settings = parseSettings(
    workerSettings,
    {
      REDIS_URL: servers.redis,
      NATS_URL: servers.nats ?? '',
      PORT: '0',
      ADMIN_PORT: '0',
      AGGREGATION_INTERVAL_SECONDS: '0.1',
      JOB_LEASE_MS: '2000',
      LOG_LEVEL: 'debug',
      SERVICE_INSTANCE: 'test',
      ...env,
    },
    workerRules,
  );
  const logged: Record<string, unknown>[] = [];
  const log = pino(
    { level: settings.LOG_LEVEL },
    { write: (line) => logged.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const lifecycle = new Lifecycle(log);
  const fail = (error: Error): void => log.error({ err: error }, 'worker failed');
  const { port, adminPort } = await startWorker(lifecycle, { settings, log, fail });
  const url = `http://127.0.0.1:${port}`;
  const adminUrl = `http://127.0.0.1:${adminPort}`;

  const ask = async (path: string, init?: RequestInit) => {
    const response = await fetch(path.startsWith('http') ? path : url + path, init);
    return { status: response.status, body: await response.json() };
  };
  const stop = async (): Promise<void> => {
    await lifecycle.stop(10_000);
  };
  return {
    url,
    adminUrl,
    logged,
    get: (path) => ask(path),
    post: (path, headers = {}) => ask(path, { method: 'POST', headers }),
    async metric(line) {
      const text = await (await fetch(`${adminUrl}/metrics`)).text();
      const found = text.split('\n').find((each) => line.test(each));
      return found === undefined ? undefined : Number(found.slice(found.lastIndexOf(' ')));
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
};
