import { subjectOf } from '@fleet/event-envelope';
import { eventually, startNats, startRedis, type Server } from '@fleet/testing';

import { StoredEvents } from './harness/events.ts';
import { startTestGateway, type TestGateway } from './harness/gateway.ts';
import { connectTestRobot } from './harness/robot.ts';

jest.setTimeout(90_000);

let nats: Server;
let redis: Server;
let gateway: TestGateway;
let events: StoredEvents;

beforeAll(async () => {
  [nats, redis] = await Promise.all([startNats(), startRedis()]);
  gateway = await startTestGateway({ NATS_URL: nats.url, REDIS_URL: redis.url });
  events = new StoredEvents(nats.url);
});

afterAll(async () => {
  await events[Symbol.asyncDispose]();
  await gateway.stop();
  await Promise.all([nats.stop(), redis.stop()]);
});

const figures = async (): Promise<string> => (await fetch(`${gateway.admin}/metrics`)).text();

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('the telemetry of a robot', () => {
  it('is confirmed when the stream has it, in order and as it was sent', async () => {
    const robot = await connectTestRobot(`${gateway.ws}/ws/sender?session=s`);
    expect(await robot.welcome()).toMatchObject({
      protocol: 'fleet.v1',
      robot_id: 'sender',
      connection_id: expect.stringMatching(/^ws_sender_\d{10}_[a-z0-9]{6}$/) as string,
      last_seq: null,
      max_unacked: 1024,
    });
    for (const seq of numbers(1, 50))
      robot.telemetry(seq, { recorded_at: 1000 + seq, attributes: { mode: 'auto' } });
    await robot.acked(50);
    const stored = await events.many('telemetry.data_received', 50, 'sender');
    expect(stored.map((event) => event.payload.seq)).toEqual(numbers(1, 50));
    expect(stored[0]?.payload).toMatchObject({
      robot_id: 'sender',
      metrics: { value: 1 },
      attributes: { mode: 'auto' },
      recorded_at: 1001,
    });
    robot.close();
  });

  it('of a far future is of its arrival everywhere: in the event, in the latest value, in the history', async () => {
    const before = Date.now() / 1000;
    const robot = await connectTestRobot(`${gateway.ws}/ws/futurist?session=s`);
    robot.telemetry(1, { recorded_at: 9e99 });
    await robot.acked(1);
    const [event] = await events.many('telemetry.data_received', 1, 'futurist');
    const arrivedAt = event?.payload.received_at ?? Number.NaN;
    expect(arrivedAt).toBeGreaterThanOrEqual(before);
    expect(event?.payload.recorded_at).toBe(arrivedAt);
    expect(await figures()).toContain('fleet_gateway_samples_total{outcome="clamped"} 1\n');
    const url = `${gateway.http}/robots/futurist/metrics`;
    const read = async (path: string): Promise<unknown> => (await fetch(`${url}${path}`)).json();
    expect(await read('')).toMatchObject({ recorded_at: arrivedAt, stale: false });
    const history = { samples: [{ recorded_at: arrivedAt, metrics: { value: 1 } }] };
    await eventually(async () => JSON.stringify(await read('/history')).includes(String(arrivedAt)));
    expect(await read('/history')).toMatchObject(history);
    robot.telemetry(2);
    await robot.acked(2);
    expect(await read('')).toMatchObject({ metrics: { value: 2 } });
    robot.close();
  });

  it('is stored once, however often and through whichever gateway it is sent', async () => {
    await using otherRedis = await startRedis();
    await using other = await startTestGateway({ NATS_URL: nats.url, REDIS_URL: otherRedis.url });
    const robot = await connectTestRobot(`${gateway.ws}/ws/repeater?session=s`);
    for (const seq of [1, 2, 2, 3, 1]) robot.telemetry(seq);
    await robot.acked(3);
    const again = await connectTestRobot(`${other.ws}/ws/repeater?session=s`);
    for (const seq of numbers(1, 4)) again.telemetry(seq);
    await again.acked(4);
    await events.many('telemetry.data_received', 4, 'repeater');
    expect(events.numbersOf('repeater')).toEqual([1, 2, 3, 4]);
    robot.close();
    again.close();
  });

  it('names what is missing, until it comes', async () => {
    const robot = await connectTestRobot(`${gateway.ws}/ws/gappy?session=s`);
    for (const seq of [1, 2, 6, 9]) robot.telemetry(seq);
    expect(await robot.acked(9)).toMatchObject({ seq: 9, missing: [[3, 5], [7, 8]] }); // prettier-ignore
    robot.send({ type: 'telemetry_batch', samples: [3, 4, 5, 8].map((seq) => ({ seq, metrics: { a: 1 } })) });
    await eventually(() => JSON.stringify(robot.lastAck?.['missing']) === '[[7,7]]');
    robot.close();
    await robot.untilClosed();
    const back = await connectTestRobot(`${gateway.ws}/ws/gappy?session=s`);
    expect(await back.welcome()).toMatchObject({ last_seq: 9, missing: [[7, 7]] });
    back.close();
  });

  it('has too many gaps for all of them to be remembered, which is counted, and said when the connection ends', async () => {
    const robot = await connectTestRobot(`${gateway.ws}/ws/holey?session=s`);
    for (const seq of numbers(1, 67)) robot.telemetry(2 * seq);
    await robot.acked(134);
    expect(await figures()).toContain('fleet_gateway_given_up_numbers_total 3\n');
    robot.telemetry(1);
    expect(await robot.one('error')).toMatchObject({ code: 'sequence_error', seq: 1 });
    robot.close();
    const said = () => gateway.log.filter(({ robotId, level }) => robotId === 'holey' && level !== 'debug');
    await eventually(() => said().length > 0);
    expect(said()).toEqual([expect.objectContaining({ msg: 'robot disconnected', givenUp: 3 })]);
  });

  it('starts anew on each connection of a robot that names no session', async () => {
    for (let times = 0; times < 2; times += 1) {
      const robot = await connectTestRobot(`${gateway.ws}/ws/forgetful`);
      expect(await robot.welcome()).toMatchObject({ last_seq: null });
      robot.telemetry(1);
      await robot.acked(1);
      robot.close();
      await robot.untilClosed();
    }
    await events.many('telemetry.data_received', 2, 'forgetful');
  });

  it('is stored and never confirmed without numbers', async () => {
    const robot = await connectTestRobot(`${gateway.ws}/ws/numberless`);
    for (const value of [1, 2, 3]) robot.telemetry(undefined, { metrics: { value } });
    const stored = await events.many('telemetry.data_received', 3, 'numberless');
    expect(stored.map((event) => event.payload.metrics)).toEqual([{ value: 1 }, { value: 2 }, { value: 3 }]);
    robot.telemetry(1);
    await robot.acked(1);
    expect(robot.all('ack')).toHaveLength(1);
    robot.close();
  });

  it('that is refused is settled by its error, and the connection stays', async () => {
    const robot = await connectTestRobot(`${gateway.ws}/ws/sloppy?session=s`);
    robot.telemetry(1);
    robot.telemetry(2, { metrics: { 'cpu usage': 1 } });
    robot.telemetry(3);
    expect(await robot.one('error')).toMatchObject({
      code: 'invalid_message',
      seq: 2,
      path: 'metrics["cpu usage"]',
    });
    const ack = await robot.acked(3);
    expect(ack).not.toHaveProperty('missing');
    const event = await events.one('telemetry.message_rejected', 'sloppy');
    expect(event.payload).toMatchObject({ code: 'invalid_message', path: 'metrics["cpu usage"]' });
    expect(event.payload.sample).toContain('cpu usage');
    robot.close();
  });

  it('from the future is taken for the present', async () => {
    const robot = await connectTestRobot(`${gateway.ws}/ws/futuristic`);
    robot.telemetry(1, { recorded_at: Date.now() / 1000 + 3600 });
    const event = await events.one('telemetry.data_received', 'futuristic');
    expect(event.payload.recorded_at).toBe(event.payload.received_at);
    robot.close();
  });
});

describe('a connection', () => {
  it('established and closed is published, with its duration and reason', async () => {
    const robot = await connectTestRobot(`${gateway.ws}/ws/visitor`, { protocols: ['fleet.v1'] });
    const { connection_id } = await robot.welcome();
    const established = await events.one('telemetry.connection_established', 'visitor');
    expect(established.payload).toMatchObject({ connection_id, protocol: 'fleet.v1' });
    robot.close();
    const closed = await events.one('telemetry.connection_closed', 'visitor');
    expect(closed.payload).toMatchObject({ connection_id, reason: 'client_disconnect' });
    const { duration_seconds, disconnected_at } = closed.payload;
    expect(disconnected_at - established.payload.connected_at).toBeCloseTo(duration_seconds, 1);
    const quality = await events.one('telemetry.connection_quality', 'visitor');
    expect(quality.payload).toMatchObject({ connection_id, messages: 0, missing: 0 });
  });

  it('of each of several robots at once is one of its own', async () => {
    const ids = numbers(1, 10).map((index) => `crowd_${index}`);
    const robots = await Promise.all(ids.map((id) => connectTestRobot(`${gateway.ws}/ws/${id}?session=s`)));
    for (const robot of robots) for (const seq of numbers(1, 10)) robot.telemetry(seq);
    await Promise.all(robots.map((robot) => robot.acked(10)));
    for (const robot of robots) robot.close();
    for (const id of ids) {
      await events.one('telemetry.connection_closed', id);
      expect(events.of('telemetry.connection_established', id)).toHaveLength(1);
      expect(events.of('telemetry.connection_closed', id)).toHaveLength(1);
      expect(events.numbersOf(id)).toEqual(numbers(1, 10));
    }
  });
});

describe('telemetry events', () => {
  it('comply with the Charter', async () => {
    await events.one('telemetry.connection_closed', 'visitor');
    expect(events.all.length).toBeGreaterThan(100);
    for (const { event, error, subject } of events.all) {
      expect(error).toBeUndefined();
      if (event === undefined) throw new Error(`expected an event on ${subject}`);
      expect(event).toMatchObject({ source: 'telemetry_service', target: null, meta: { version: '1.0' } });
      expect(subject).toBe(subjectOf(event));
      expect(event.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    }
    expect(new Set(events.all.map(({ event }) => event?.id)).size).toBe(events.all.length);
  });
});
