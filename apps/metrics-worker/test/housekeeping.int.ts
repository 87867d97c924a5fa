import {
  connectRedis,
  GatheredReadings,
  readHistory,
  rememberRobots,
  writeReadings,
  type FleetRedis,
} from '@fleet/fleet-store';
import { eventually, startRedis, type Server } from '@fleet/testing';

import { counted, report } from './counted-fixture.ts';
import { connectProducer } from './missions-fixture.ts';
import { startTestWorker, type TestWorker } from './worker-fixture.ts';

jest.setTimeout(120_000);

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

interface Runs {
  runs: { outcome?: string; trigger: string; result?: Record<string, number> }[];
}

/** Has a job run and gives what it did. */
const run = async (worker: TestWorker, job: string): Promise<Record<string, number>> => {
  await eventually(async () => (await worker.post(`/jobs/${job}/run`)).status === 202);
  return eventually(
    async () => {
      const { body } = await worker.get(`/jobs/${job}/runs`);
      const asked = (body as Runs).runs.find(({ trigger, outcome }) => trigger === 'request' && outcome);
      return asked?.outcome === 'completed' && asked.result;
    },
    { describe: `a run of ${job}`, withinMs: 30_000 },
  );
};

let redis: Server;
let store: FleetRedis;

beforeEach(async () => {
  redis = await startRedis();
  store = connectRedis({ url: redis.url, name: 'test', log: quiet });
  await store.untilReady();
}, 120_000);

afterEach(async () => {
  await store.stop();
  await redis.stop();
});

it('gives up missions that never end, until something is heard of them after all', async () => {
  const env = { MISSION_OPEN_MAX_AGE_SECONDS: '86400' };
  await using worker = await startTestWorker({ redis: redis.url }, env);
  await using producer = await connectProducer(redis.url);
  const now = Date.now() / 1000;
  const start = (mission: number | string, timestamp: number) => ({
    event_type: 'mission.started',
    mission_id: `m${mission}`,
    robot_id: 'robot_001',
    timestamp,
  });
  const silent = Array.from({ length: 1500 }, (_, index) => start(index, now - 90_000));
  await producer.addAll([...silent, start('recent', now - 60)]);
  await counted(worker, 1501);
  expect(await report(worker)).toMatchObject({ in_flight: 1501, totals: { abandoned: 0 } });

  const looked = await run(worker, 'mark_overdue_missions');
  expect(looked['missions_marked']).toBeGreaterThanOrEqual(1500);
  await eventually(async () => (await report(worker)).in_flight === 1, { withinMs: 30_000 });
  expect(await report(worker)).toMatchObject({ totals: { started: 1501, abandoned: 1500, completed: 0 } });
  expect(await store.commands.hkeys('{missions}:open')).toEqual(['mrecent']);
  expect(await eventually(async () => (await store.commands.exists('{missions}:overdue')) === 0)).toBe(true);
  // In the window in which their time was over, not in the one in which that was noticed.
  expect(await report(worker, '5m')).toMatchObject({ counts: { abandoned: 0 } });
  expect(await report(worker, '6h')).toMatchObject({ counts: { abandoned: 1500 }, success_rate: null });

  await producer.addAll([
    { event_type: 'mission.completed', mission_id: 'm7', timestamp: now - 30 },
    { event_type: 'mission.retried', mission_id: 'm8', timestamp: now - 20 },
  ]);
  await counted(worker, 1503);
  expect(await report(worker)).toMatchObject({ in_flight: 2, totals: { abandoned: 1498, completed: 1 } });
});

it('trims the history of robots that no longer send', async () => {
  const now = Date.now() / 1000;
  const readings = (count: number, since: number) =>
    Array.from({ length: count }, (_, index) => ({
      metrics: { battery_level: index },
      recordedAt: since + index / 100,
      receivedAt: since,
      seq: index,
    }));
  const wide = { maxSamples: 10_000, maxAgeSeconds: 86_400 };
  await rememberRobots(store, ['old', 'many', 'fresh', 'silent']);
  await writeReadings(
    store,
    [
      {
        robotId: 'old',
        readings: GatheredReadings.of([...readings(1200, now - 7200), ...readings(3, now - 60)]),
      },
      { robotId: 'many', readings: GatheredReadings.of(readings(1500, now - 60)) },
      { robotId: 'fresh', readings: GatheredReadings.of(readings(5, now - 60)) },
    ],
    wide,
    now,
  );

  const limits = { HISTORY_MAX_SAMPLES: '100', HISTORY_MAX_AGE_SECONDS: '3600' };
  await using worker = await startTestWorker({ redis: redis.url }, limits);
  expect(await run(worker, 'trim_history')).toEqual({ robots_looked_at: 4, readings_removed: 2600 });
  const left = async (robotId: string) => (await readHistory(store, robotId, { limit: 10_000 })).length;
  expect(await Promise.all(['old', 'many', 'fresh', 'silent'].map(left))).toEqual([3, 100, 5, 0]);
  const [newest] = await readHistory(store, 'many', { limit: 1 });
  expect(newest?.seq).toBe(1499);
  const bytes = await store.commands.zrange('robot:{many}:history', '0', '-1');
  expect(await store.commands.hget('robot:{many}:latest', 'history_bytes')).toBe(
    String(bytes.join('').length),
  );
});
