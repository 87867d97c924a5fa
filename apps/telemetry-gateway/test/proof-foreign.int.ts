import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { readStored, startNats, startRedis } from '@fleet/testing';

import { startTestGateway } from './harness/gateway.ts';
import { pythonWithWebsockets } from './proof/python.ts';

it('serves a robot written in Python from the text of the protocol', async () => {
  const python = pythonWithWebsockets();
  await using nats = await startNats();
  await using redis = await startRedis();
  await using gateway = await startTestGateway({ NATS_URL: nats.url, REDIS_URL: redis.url });
  const script = join(__dirname, 'proof', 'foreign_client.py');
  const { stdout } = await promisify(execFile)(python, [script, gateway.ws], { timeout: 120_000 });
  expect(stdout).toMatch(/^done$/m);
  const stored = await readStored(nats.url, 'telemetry.data_received');
  expect(stored.map(({ payload }) => payload.seq)).toEqual([1, 2, 7, 4, 5, 6, 8, 9]);
  expect(stored[0]?.payload).toMatchObject({
    robot_id: 'foreign_001',
    recorded_at: 1703001234.56,
    metrics: { cpu_usage: 45.2, battery_level: null },
    attributes: { mode: 'auto' },
  });
}, 600_000);
