import { eventually, startNats, startRedis, type Server } from '@fleet/testing';

import { StoredEvents } from './harness/events.ts';
import { startTestGateway, type TestGateway } from './harness/gateway.ts';
import { connectTestRobot, TestRobot } from './harness/robot.ts';

jest.setTimeout(90_000);

let nats: Server;
let redis: Server;
let gateway: TestGateway;
let other: TestGateway;
let events: StoredEvents;

beforeAll(async () => {
  [nats, redis] = await Promise.all([startNats(), startRedis()]);
  const env = { NATS_URL: nats.url, REDIS_URL: redis.url, HEARTBEAT_INTERVAL_MS: '200' };
  gateway = await startTestGateway({ ...env, ROBOT_RATE_PER_SECOND: '0', ROBOT_BYTES_PER_SECOND: '0' });
  other = await startTestGateway({ ...env, ROBOT_RATE_PER_SECOND: '20' });
  events = new StoredEvents(nats.url);
});

afterAll(async () => {
  await events[Symbol.asyncDispose]();
  await Promise.all([gateway.stop(), other.stop()]);
  await Promise.all([nats.stop(), redis.stop()]);
});

const reasonOf = async (robotId: string): Promise<string> =>
  (await events.one('telemetry.connection_closed', robotId)).payload.reason;

describe('a connection ends for its true reason', () => {
  it('when the robot vanishes without a close frame', async () => {
    const robot = await connectTestRobot(`${gateway.ws}/ws/vanished`);
    robot.socket.terminate();
    expect(await reasonOf('vanished')).toBe('connection_lost');
  });

  it('when the robot no longer answers pings', async () => {
    const robot = await connectTestRobot(`${gateway.ws}/ws/frozen`, { autoPong: false });
    expect(await robot.untilClosed()).toMatchObject({ code: 4001 });
    expect(await robot.one('closing')).toMatchObject({ reason: 'heartbeat_timeout' });
    expect(await reasonOf('frozen')).toBe('heartbeat_timeout');
  });

  it('when the robot does not read what it is told', async () => {
    const robot = await connectTestRobot(`${gateway.ws}/ws/deaf`);
    robot.socket.pause();
    const bad = Array.from({ length: 500 }, () => ({ metrics: {} }));
    const sending = setInterval(() => robot.send({ type: 'telemetry_batch', samples: bad }), 5);
    expect(await reasonOf('deaf')).toBe('slow_consumer');
    clearInterval(sending);
    robot.socket.terminate();
  });

  it('when a message is too large', async () => {
    const robot = await connectTestRobot(`${gateway.ws}/ws/huge`);
    robot.telemetry(1, { attributes: { note: 'x'.repeat(70_000) } });
    expect(await robot.untilClosed()).toMatchObject({ code: 1009 });
    expect(await reasonOf('huge')).toBe('message_too_large');
  });

  it('when another connection of the same robot takes over, on the same gateway', async () => {
    const older = await connectTestRobot(`${gateway.ws}/ws/twin?session=s`);
    older.telemetry(1);
    await older.acked(1);
    const newer = await connectTestRobot(`${gateway.ws}/ws/twin?session=s`);
    expect(await older.untilClosed()).toEqual({ code: 4000, reason: 'replaced' });
    expect(await newer.welcome()).toMatchObject({ last_seq: 1 });
    newer.telemetry(2);
    await newer.acked(2);
    expect(await reasonOf('twin')).toBe('replaced');
    newer.close();
  });

  it('when another connection of the same robot takes over, on another gateway', async () => {
    const older = await connectTestRobot(`${gateway.ws}/ws/mover?session=s`);
    older.telemetry(1);
    await older.acked(1);
    const newer = await connectTestRobot(`${other.ws}/ws/mover?session=s`);
    expect(await newer.welcome()).toMatchObject({ last_seq: 1 });
    expect(await older.untilClosed()).toEqual({ code: 4000, reason: 'replaced' });
    newer.telemetry(2);
    await newer.acked(2);
    expect(await reasonOf('mover')).toBe('replaced');
    newer.close();
    await events.many('telemetry.connection_closed', 2, 'mover');
    expect(events.of('telemetry.connection_established', 'mover')).toHaveLength(2);
  });
});

describe('a robot over its rate', () => {
  it('is told when to try again, and what was dropped is not confirmed', async () => {
    const robot = await connectTestRobot(`${other.ws}/ws/eager?session=s`);
    for (let seq = 1; seq <= 100; seq += 1) robot.telemetry(seq);
    const { retry_after_ms } = await robot.one('throttled');
    expect(retry_after_ms).toBeGreaterThan(0);
    await robot.acked(1);
    const confirmed = Number(robot.lastAck?.['seq']);
    expect(confirmed).toBeLessThan(100);
    const rest = Array.from({ length: 100 - confirmed }, (_, index) => confirmed + 1 + index);
    await eventually(() => {
      robot.send({ type: 'telemetry_batch', samples: rest.map((seq) => ({ seq, metrics: { a: 1 } })) });
      return Number(robot.lastAck?.['seq']) === 100;
    });
    expect(robot.lastAck).not.toHaveProperty('missing');
    robot.close();
  });
});

describe('an upgrade that is refused', () => {
  const statusOf = async (path: string): Promise<number> => {
    const robot = new TestRobot(`${gateway.ws}${path}`);
    const { statusCode } = await robot.refused();
    return statusCode ?? 0;
  };

  it('is answered before it is made', async () => {
    expect(await statusOf('/elsewhere')).toBe(404);
    expect(await statusOf('/ws/a.b')).toBe(400);
    expect(await statusOf('/ws/a?session=*')).toBe(400);
  });

  it('is counted by its reason', async () => {
    const robot = new TestRobot(`${gateway.ws}/ws/foreigner`, { protocols: ['mqtt'] });
    expect((await robot.refused()).statusCode).toBe(400);
    const figures = await (await fetch(`${gateway.admin}/metrics`)).text();
    expect(figures).toContain('fleet_gateway_refused_upgrades_total{reason="subprotocol"} 1\n');
    expect(figures).toContain('fleet_gateway_refused_upgrades_total{reason="path"} 3\n');
  });
});

describe('draining', () => {
  it('sends every robot away with all it sent confirmed, and lets nobody in', async () => {
    const leaving = await startTestGateway({ NATS_URL: nats.url, REDIS_URL: redis.url, DRAIN_SECONDS: '2' });
    const robots = await Promise.all(
      ['a', 'b', 'c'].map((id) => connectTestRobot(`${leaving.ws}/ws/leaver_${id}?session=s`)),
    );
    for (const robot of robots) for (const seq of [1, 2, 3]) robot.telemetry(seq);
    await Promise.all(robots.map((robot) => robot.acked(1)));
    const stopping = leaving.stop();
    await eventually(async () => (await fetch(`${leaving.admin}/readyz`)).status === 503);
    for (const robot of robots) {
      expect(await robot.untilClosed()).toEqual({ code: 1012, reason: 'server_shutdown' });
      expect(await robot.one('closing')).toMatchObject({ reason: 'server_shutdown' });
      expect(robot.lastAck).toMatchObject({ seq: 3 });
    }
    await stopping;
    expect(await reasonOf('leaver_a')).toBe('server_shutdown');
    expect(leaving.log.filter((line) => line.level === 'error')).toEqual([]);
  });
});
