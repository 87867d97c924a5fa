import { setTimeout as wait } from 'node:timers/promises';

import { connectRobot, type RobotClient } from '@fleet/robot-client';
import { eventually, startNats, startRedis, type Server } from '@fleet/testing';

import { StoredEvents } from './harness/events.ts';
import { startTestGateway, type TestGateway } from './harness/gateway.ts';
import { startGatewayProcess } from './harness/gateway-process.ts';
import { connectTestRobot, TestRobot } from './harness/robot.ts';

jest.setTimeout(120_000);

let nats: Server;
let redis: Server;
let events: StoredEvents;

beforeAll(async () => {
  [nats, redis] = await Promise.all([startNats(), startRedis()]);
  events = new StoredEvents(nats.url);
});

afterAll(async () => {
  await events[Symbol.asyncDispose]();
  await Promise.all([nats.stop(), redis.stop()]);
});

const robotsOf = (url: string, prefix: string, count: number): RobotClient[] =>
  Array.from({ length: count }, (_, index) =>
    connectRobot({ url, robotId: `${prefix}_${index}`, reconnect: { minMs: 50, maxMs: 500 } }),
  );

/** Sends from every robot until told to stop; resolves with how many each sent, all of them confirmed. */
const keepSending = (robots: readonly RobotClient[]) => {
  const confirmations: Promise<unknown>[] = [];
  let sent = 0;
  let confirmed = 0;
  const timer = setInterval(() => {
    sent += 1;
    for (const robot of robots)
      confirmations.push(robot.send({ metrics: { value: sent } }).then(() => (confirmed += 1)));
  }, 10);
  return {
    confirmed: () => confirmed,
    async stop(): Promise<number> {
      clearInterval(timer);
      await Promise.all(confirmations);
      return sent;
    },
  };
};

const expectEachOnceInOrder = async (prefix: string, robots: number, sent: number): Promise<void> => {
  for (let index = 0; index < robots; index += 1) {
    const robotId = `${prefix}_${index}`;
    const stored = await events.many('telemetry.data_received', sent, robotId);
    expect(stored.map((event) => event.payload.metrics['value'])).toEqual(
      Array.from({ length: sent }, (_, value) => value + 1),
    );
  }
};

const startWithStream = (env: Record<string, string> = {}): Promise<TestGateway> =>
  startTestGateway({ NATS_URL: nats.url, REDIS_URL: redis.url, ...env });

describe('kill -9 of the NATS server under load', () => {
  it('loses no confirmed sample, doubles none and keeps the order', async () => {
    await using gateway = await startWithStream();
    const robots = robotsOf(gateway.ws, 'load', 5);
    const sending = keepSending(robots);
    await eventually(() => sending.confirmed() > 100);
    await nats.kill();
    await eventually(async () => (await valueOf(gateway, 'fleet_gateway_waiting_samples')) > 100);
    await nats.start();
    const before = sending.confirmed();
    await eventually(() => sending.confirmed() > before + 500);
    const sent = await sending.stop();
    await expectEachOnceInOrder('load', 5, sent);
    await Promise.all(robots.map((robot) => robot.close()));
  });
});

describe('kill -9 of the gateway under load', () => {
  it('leaves nothing out of the stream that was confirmed', async () => {
    const env = { NATS_URL: nats.url, REDIS_URL: redis.url };
    const first = await startGatewayProcess(env);
    const robots = robotsOf(first.ws, 'survivor', 3);
    const sending = keepSending(robots);
    await eventually(() => sending.confirmed() > 100);
    first.child.kill('SIGKILL');
    await first.child.exited;
    const second = await startGatewayProcess({ ...env, PORT: String(first.port) });
    const before = sending.confirmed();
    await eventually(() => sending.confirmed() > before + 100);
    const sent = await sending.stop();
    await expectEachOnceInOrder('survivor', 3, sent);
    await Promise.all(robots.map((robot) => robot.close()));
    second.child.kill('SIGTERM');
    expect(await second.child.exited).toEqual({ code: 0, signal: null });
  });
});

describe('while the stream is away', () => {
  it('a robot with too much unconfirmed is not read, and its end is noticed all the same', async () => {
    await using away = await startNats();
    await using gateway = await startWithStream({
      NATS_URL: away.url,
      MAX_UNACKED: '10',
      HEARTBEAT_INTERVAL_MS: '200',
    });
    const robot = await connectTestRobot(`${gateway.ws}/ws/waiting?session=s`);
    robot.telemetry(1);
    await robot.acked(1);
    await away.kill();
    for (let seq = 2; seq <= 40; seq += 1) robot.telemetry(seq);
    await eventually(async () => (await valueOf(gateway, 'fleet_gateway_paused_connections')) === 1);
    expect(robot.lastAck).toMatchObject({ seq: 1 });
    robot.socket.terminate();
    await eventually(() => gateway.log.some((line) => line.msg === 'robot disconnected'));
    expect(gateway.log.find((line) => line.msg === 'robot disconnected')).toMatchObject({
      reason: 'connection_lost',
    });
    await away.start();
  });

  it('latest values go on', async () => {
    await using gateway = await startWithStream({ NATS_URL: 'nats://127.0.0.1:1' });
    const robot = await connectTestRobot(`${gateway.ws}/ws/current`);
    robot.telemetry(undefined, { metrics: { value: 42 } });
    await eventually(async () => {
      const response = await fetch(`${gateway.http}/robots/current/metrics`);
      return ((await response.json()) as { metrics?: { value?: number } }).metrics?.value === 42;
    });
    robot.close();
  });
});

describe('Redis away', () => {
  it('takes nothing from the way of the samples, is said once, and heals without a restart', async () => {
    await using store = await startRedis();
    await using gateway = await startWithStream({ REDIS_URL: store.url });
    const robot = await connectTestRobot(`${gateway.ws}/ws/storeless?session=s`);
    robot.telemetry(1);
    await robot.acked(1);
    await store.kill();
    await eventually(() => gateway.log.some((line) => line.msg === 'redis is away'));
    robot.telemetry(2);
    await robot.acked(2);
    const newcomer = await connectTestRobot(`${gateway.ws}/ws/newcomer?session=s`);
    expect(await newcomer.welcome()).toMatchObject({ last_seq: null });
    newcomer.telemetry(1);
    await newcomer.acked(1);
    expect((await fetch(`${gateway.http}/robots/nobody/metrics`)).status).toBe(503);
    await store.start();
    await eventually(async () => (await fetch(`${gateway.http}/robots/nobody/metrics`)).status === 404);
    expect(gateway.log.filter((line) => line.msg === 'redis is away')).toHaveLength(1);
    await using other = await startWithStream({ REDIS_URL: store.url });
    await eventually(async () => {
      const back = await connectTestRobot(`${other.ws}/ws/storeless?session=s`);
      const welcome = await back.welcome();
      back.close();
      return welcome['last_seq'] === 2;
    });
    newcomer.close();
  });
});

describe('a session of which neither Redis nor the stream tells', () => {
  it('is opened when one of them does, and not with numbers that are in use', async () => {
    await using stream = await startNats();
    await using store = await startRedis();
    const env = { NATS_URL: stream.url, REDIS_URL: store.url };
    await using first = await startWithStream(env);
    await using second = await startWithStream(env);
    const robot = await connectTestRobot(`${first.ws}/ws/moved?session=s`);
    for (let seq = 1; seq <= 5; seq += 1) robot.telemetry(seq);
    await robot.acked(5);
    robot.close();
    await Promise.all([stream.pause(), store.kill()]);
    const returned = new TestRobot(`${second.ws}/ws/moved?session=s`);
    // Longer than a question to the stream is waited for.
    await wait(2500);
    expect(returned.socket.readyState).toBeLessThanOrEqual(returned.socket.OPEN);
    expect(returned.said).toEqual([]);
    await stream.resume();
    expect(await returned.welcome()).toMatchObject({ last_seq: 5 });
    returned.telemetry(6);
    await returned.acked(6);
    returned.close();
  });
});

describe('a publishing failure', () => {
  it('is logged and never raised', async () => {
    await using strict = await startNats({
      config: `authorization { users: [{ user: gateway, password: secret, permissions: {
        publish: { deny: ["charter.v1.telemetry.message_rejected.>"] } } }] }`,
    });
    await using gateway = await startWithStream({
      NATS_URL: strict.url,
      NATS_USER: 'gateway',
      NATS_PASSWORD: 'secret',
    });
    const robot = await connectTestRobot(`${gateway.ws}/ws/unlucky?session=s`);
    robot.socket.send('not json');
    await robot.one('error');
    await eventually(() =>
      gateway.log.some((line) => line.level !== 'debug' && JSON.stringify(line).includes('message_rejected')),
    );
    robot.telemetry(1);
    await robot.acked(1);
    robot.close();
  });
});

describe('the service', () => {
  it('drains on SIGTERM and exits 0, sooner at a second signal', async () => {
    const { child, ws } = await startGatewayProcess({ REDIS_URL: redis.url, DRAIN_SECONDS: '600' });
    const robots = await Promise.all([1, 2, 3].map((index) => connectTestRobot(`${ws}/ws/hurried_${index}`)));
    child.kill('SIGTERM');
    await child.line(/service stopping/);
    child.kill('SIGTERM');
    expect(await child.exited).toEqual({ code: 0, signal: null });
    for (const robot of robots) expect(await robot.untilClosed()).toMatchObject({ code: 1012 });
  });
});

const valueOf = async ({ admin }: TestGateway, name: string): Promise<number> => {
  const metrics = await (await fetch(`${admin}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(metrics)?.[1] ?? Number.NaN);
};
