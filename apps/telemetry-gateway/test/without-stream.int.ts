import { connectRedis, readHistory, readLatest, type FleetRedis } from '@fleet/fleet-store';
import { eventually, startRedis, type Server } from '@fleet/testing';

import { startTestGateway, type TestGateway } from './harness/gateway.ts';
import { connectTestRobot } from './harness/robot.ts';

jest.setTimeout(90_000);

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

let server: Server;
let redis: FleetRedis;
let gateway: TestGateway;

beforeAll(async () => {
  server = await startRedis();
  redis = connectRedis({ url: server.url, name: 'test', log: silent });
  gateway = await startTestGateway({ REDIS_URL: server.url });
  await redis.untilReady(AbortSignal.timeout(20_000));
});

afterAll(async () => {
  await gateway.stop();
  await redis.stop();
  await server.stop();
});

describe('everything works without an event stream', () => {
  it('confirms what Redis has stored, and keeps latest value and history', async () => {
    const robot = await connectTestRobot(`${gateway.ws}/ws/plain?session=s`);
    for (let seq = 1; seq <= 20; seq += 1) robot.telemetry(seq);
    await robot.acked(20);
    expect(await readLatest(redis, 'plain')).toMatchObject({ metrics: { value: 20 }, seq: 20 });
    expect(await readHistory(redis, 'plain', { limit: 100 })).toHaveLength(20);
    robot.close();
    await robot.untilClosed();
  });

  it('says of each event that it is skipped, and nothing else', async () => {
    await eventually(() => gateway.log.some((line) => line.msg === 'robot disconnected'));
    expect(
      gateway.log.filter((line) => line.msg === 'EventStream not available, skipping event').length,
    ).toBeGreaterThan(1);
    expect(gateway.log.filter((line) => line.level === 'warn' || line.level === 'error')).toEqual([]);
  });

  it('confirms nothing while Redis is away, and all of it when it is back', async () => {
    const robot = await connectTestRobot(`${gateway.ws}/ws/patient?session=s`);
    robot.telemetry(1);
    await robot.acked(1);
    await server.kill();
    await eventually(() => gateway.log.some((line) => line.msg === 'redis is away'));
    const ready = await fetch(`${gateway.admin}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({
      state: 'ready',
      ready: false,
      dependencies: { redis: 'down' },
    });
    const before = robot.all('ack').length;
    for (let seq = 2; seq <= 30; seq += 1) robot.telemetry(seq);
    await eventually(async () => (await waitingSamples(gateway)) === 29);
    expect(robot.all('ack')).toHaveLength(before);
    await server.start();
    await robot.acked(30);
    await eventually(async () => (await fetch(`${gateway.admin}/readyz`)).status === 200);
    await redis.untilReady(AbortSignal.timeout(20_000));
    expect(await readHistory(redis, 'patient', { limit: 100 })).toHaveLength(30);
    robot.close();
  });
});

const waitingSamples = async ({ admin }: TestGateway): Promise<number> => {
  const metrics = await (await fetch(`${admin}/metrics`)).text();
  return Number(/^fleet_gateway_waiting_samples (\d+)$/m.exec(metrics)?.[1]);
};
