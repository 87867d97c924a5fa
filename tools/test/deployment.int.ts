import { join } from 'node:path';

import { eventually, startChild, startNats, startRedis, type Child, type Server } from '@fleet/testing';

import { overlayVariables, services, textOf, type ServiceName } from '../src/manifests/repository.ts';

const root = join(__dirname, '../..');
const users = { 'telemetry-gateway': 'telemetry_gateway', 'metrics-worker': 'metrics_worker' };
const password = 'of-this-test';

const accounts = () => {
  const names = ['GATEWAY', 'WORKER', 'READER', 'OPERATOR', 'SYSTEM'];
  return [
    ...names.map((name) => `NATS_${name}_PASSWORD: "${password}"`),
    textOf('docker/nats/accounts.conf'),
  ].join('\n');
};

/** Starts a service with the environment that an overlay gives it, addresses and what a Secret holds aside. */
const start = (overlay: 'dev' | 'production', service: ServiceName, env: Record<string, string>): Child =>
  startChild({
    entry: join(root, 'apps', service, 'src/main.ts'),
    env: {
      NODE_ENV: 'production',
      ...overlayVariables(overlay, service),
      PORT: '0',
      ADMIN_PORT: '0',
      ...env,
    },
  });

const adminPortOf = async (child: Child): Promise<number> => {
  const line = await child.line(/"adminPort"/, 60_000);
  return (JSON.parse(line) as { adminPort: number }).adminPort;
};

const readiness = async (child: Child): Promise<unknown> => {
  const response = await fetch(`http://127.0.0.1:${await adminPortOf(child)}/readyz`);
  return response.json();
};

describe('the services as they are deployed', () => {
  let nats: Server;
  let redis: Server;

  beforeAll(async () => {
    nats = await startNats({ config: accounts() });
    redis = await startRedis();
  }, 120_000);

  afterAll(async () => {
    await nats.stop();
    await redis.stop();
  });

  it.each(
    services.flatMap((service) => (['dev', 'production'] as const).map((to) => [to, service] as const)),
  )(
    'take their environment of %s: the %s',
    async (overlay, service) => {
      await using child = start(overlay, service, {
        NATS_URL: nats.url,
        // A single server has room for one copy.
        STREAM_REPLICAS: '1',
        NATS_USER: users[service],
        NATS_PASSWORD: password,
        REDIS_URL: redis.url,
      });
      await child.line(/"msg":"service started"/, 60_000);
      await eventually(
        async () => {
          expect(await readiness(child)).toMatchObject({
            ready: true,
            dependencies: { redis: 'ok', event_stream: 'ok' },
          });
          return true;
        },
        { withinMs: 60_000 },
      );
      expect(child.lines.filter((line) => /permission/i.test(line))).toEqual([]);
      child.kill('SIGTERM');
      expect(await child.exited).toMatchObject({ code: 0 });
    },
    180_000,
  );
});
