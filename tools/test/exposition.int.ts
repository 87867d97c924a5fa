import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { startChild, startNats, startRedis, type Server } from '@fleet/testing';

import { services } from '../src/manifests/repository.ts';

const apps = join(__dirname, '../../apps');

/** What promtool has to say of an exposition; nothing when it is as Prometheus wants it. */
const complaintsOf = (exposition: string): string => {
  const { error, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input: exposition,
    encoding: 'utf8',
    timeout: 30_000,
  });
  if (error !== undefined) {
    throw new Error('promtool is needed: apt-get install --no-install-recommends prometheus', {
      cause: error,
    });
  }
  return stdout + stderr;
};

let nats: Server;
let redis: Server;

beforeAll(async () => {
  [nats, redis] = await Promise.all([startNats(), startRedis()]);
}, 120_000);

afterAll(() => Promise.all([nats.stop(), redis.stop()]));

it.each(services)(
  'gives Prometheus nothing to complain of: the %s',
  async (service) => {
    await using child = startChild({
      entry: join(apps, service, 'src/main.ts'),
      env: { NATS_URL: nats.url, REDIS_URL: redis.url, PORT: '0', ADMIN_PORT: '0' },
    });
    const line = await child.line(/"adminPort"/, 60_000);
    const { adminPort } = JSON.parse(line) as { adminPort: number };
    const response = await fetch(`http://127.0.0.1:${adminPort}/metrics`);
    const exposition = await response.text();
    expect(exposition).toMatch(/^fleet_/m);
    expect(complaintsOf(exposition)).toBe('');
  },
  90_000,
);

it('is told of a gauge that is called a total', () => {
  expect(complaintsOf('# HELP robots_total Robots.\n# TYPE robots_total gauge\nrobots_total 1\n')).toMatch(
    /robots_total/,
  );
});
