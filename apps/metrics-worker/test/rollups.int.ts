import { startEventStream, type EventStream } from '@fleet/event-stream';
import { connectRedis, createRollupStore, type FleetRedis } from '@fleet/fleet-store';
import { eventually, startNats, startRedis, type Server } from '@fleet/testing';

import type { FleetRollup } from '../src/rollups/fleet-report.ts';
import type { RobotRollup } from '../src/rollups/rollup-report.ts';
import { startRollups } from '../src/rollups/start-rollups.ts';
import { startChildWorker } from './child-fixture.ts';
import { minuteAgo } from './minute-ago.ts';
import { startTestWorker } from './worker-fixture.ts';

jest.setTimeout(120_000);

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

let redis: Server;
let nats: Server;
let eventStream: EventStream;
let store: FleetRedis;

beforeEach(async () => {
  [redis, nats] = await Promise.all([startRedis(), startNats()]);
  eventStream = startEventStream({ servers: [nats.url], name: 'gateway', instance: 'test' }, { log: quiet });
  store = connectRedis({ url: redis.url, name: 'test', log: quiet });
  await store.untilReady();
}, 120_000);

afterEach(async () => {
  await eventStream.close(1000);
  await store.stop();
  await Promise.all([redis.stop(), nats.stop()]);
});

const publish = (robotId: string, metrics: Record<string, number | null>, recordedAt: number) =>
  eventStream.publish('telemetry.data_received', {
    robot_id: robotId,
    connection_id: `ws_${robotId}`,
    metrics,
    received_at: Date.now() / 1000,
    recorded_at: recordedAt,
  });

describe('rollups', () => {
  it('tell a metric of a robot by minutes, in whatever order its samples came', async () => {
    const minute = minuteAgo(3);
    await publish('robot_001', { battery_level: 70, cpu_usage: null }, minute + 50);
    await publish('robot_001', { battery_level: 90 }, minute + 10);
    await publish('robot_001', { battery_level: 80 }, minute + 20);
    await publish('robot_001', { battery_level: 60 }, minute + 130);
    await using worker = await startTestWorker({ redis: redis.url, nats: nats.url });
    const path = '/robots/robot_001/metrics/rollup?window=10m&step=1m&metric=';
    const points = await eventually(async () => {
      const { body } = await worker.get(`${path}battery_level`);
      const { points: all } = body as RobotRollup;
      return all.reduce((sum, { count }) => sum + count, 0) === 4 && all;
    });
    expect(points.filter(({ count }) => count > 0)).toEqual([
      { at: minute, count: 3, min: 70, max: 90, mean: 80, last: 70 },
      { at: minute + 120, count: 1, min: 60, max: 60, mean: 60, last: 60 },
    ]);
    expect(points.find(({ at }) => at === minute + 60)).toEqual({
      at: minute + 60,
      count: 0,
      min: null,
      max: null,
      mean: null,
      last: null,
    });
    const { body: hours } = await worker.get(
      '/robots/robot_001/metrics/rollup?window=2h&step=1h&metric=battery_level',
    );
    expect((hours as RobotRollup).points.reduce((sum, { count }) => sum + count, 0)).toBe(4);
    const { body: none } = await worker.get(`${path}cpu_usage`);
    expect((none as RobotRollup).points.every(({ count }) => count === 0)).toBe(true);
  });

  it('tell how a metric is spread over the fleet', async () => {
    const minute = minuteAgo(2);
    for (let robot = 1; robot <= 20; robot += 1) {
      await publish(`robot_${robot}`, { battery_level: robot }, minute);
      await publish(`robot_${robot}`, { battery_level: robot + 2 }, minute + 1);
    }
    await using worker = await startTestWorker({ redis: redis.url, nats: nats.url });
    const rollup = await eventually(async () => {
      const { body } = await worker.get('/fleet/metrics/rollup?metric=battery_level&window=15m');
      return (body as FleetRollup).readings === 40 && (body as FleetRollup);
    });
    expect(rollup).toMatchObject({ robots: 20, min: 1, max: 22, mean: 11.5, p5: 2, p50: 11, p95: 20 });
  });

  it.each([
    ['/robots/robot_001/metrics/rollup', 'metric'],
    ['/robots/a%20b/metrics/rollup?metric=x', 'id'],
    ['/robots/robot_001/metrics/rollup?metric=x&window=7d&step=1m', 'step'],
    ['/fleet/metrics/rollup?metric=1x', 'metric'],
  ])('refuse %s', async (path, name) => {
    await using worker = await startTestWorker({ redis: redis.url });
    const { status, body } = await worker.get(path);
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining(name) as string },
    });
  });

  it('count each sample once, though a worker is killed and the whole stream comes again', async () => {
    const minute = minuteAgo(5);
    const robots = 40;
    const samples = 50;
    await using first = await startChildWorker({ redis: redis.url, nats: nats.url });
    await using second = await startChildWorker({ redis: redis.url, nats: nats.url });
    const publishing: Promise<unknown>[] = [];
    for (let sample = 0; sample < samples; sample += 1) {
      for (let robot = 0; robot < robots; robot += 1) {
        publishing.push(publish(`robot_${robot}`, { load: sample }, minute + sample));
      }
      if (sample === samples / 2) {
        await Promise.all(publishing);
        first.child.kill('SIGKILL');
      }
    }
    await Promise.all(publishing);
    const rollup = async () =>
      (await second.get('/fleet/metrics/rollup?metric=load&window=15m')).body as FleetRollup;
    await eventually(async () => (await rollup()).readings >= robots * samples, { withinMs: 60_000 });
    const expected = {
      robots,
      readings: robots * samples,
      min: 0,
      max: samples - 1,
      mean: (samples - 1) / 2,
    };
    expect(await rollup()).toMatchObject(expected);

    let repeated = 0;
    const again = startRollups({
      eventStream,
      store: createRollupStore(store),
      now: Date.now,
      durable: 'from_the_start',
      onWritten: (_, more) => (repeated += more),
    });
    await eventually(() => repeated === robots * samples, { withinMs: 60_000 });
    await again.drain();
    expect(await rollup()).toMatchObject(expected);
  });
});
