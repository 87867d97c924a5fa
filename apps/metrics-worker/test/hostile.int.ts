import { createMissionStore } from '@fleet/fleet-store';

import { counted, report } from './counted-fixture.ts';
import { missionEntries, missionStreamKey } from './missions-fixture.ts';
import { useProducer } from './use-producer.ts';
import { startTestWorker, type TestWorker } from './worker-fixture.ts';

jest.setTimeout(60_000);

const producer = useProducer();

const failedRuns = (worker: TestWorker) =>
  worker.metric(/^fleet_job_runs_total.*aggregate_mission_metrics.*"failed"/);

it('counts missions that are named like what every object has', async () => {
  const names = [
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '*',
    '{}',
    '0-0',
    'a\nb',
    ' ',
    'ü',
    '\u0000',
  ];
  await producer.addAll(names.flatMap((name) => missionEntries(name, 'completed', { robot_id: name })));
  await producer.addAll(names.map((status) => ({ data: JSON.stringify({ status, mission_id: 'm1' }) })));
  await producer.addAll(names.map((name) => ({ event_type: `mission.${name}`, mission_id: 'm1' })));
  await producer.addAll([
    { data: '{"__proto__":{"status":"completed"},"mission_id":"m1"}' },
    { data: '{"status":"completed","__proto__":{"mission_id":"m2"}}' },
  ]);
  await using worker = await startTestWorker({ redis: producer.url });
  expect(await counted(worker, names.length * 5 + 2)).toMatchObject({
    created: names.length,
    started: names.length,
    completed: names.length + 1,
    other: names.length * 2,
    entries_rejected: 1,
  });
  // Those of them that are ids of robots.
  expect((await report(worker)).robots.top.map(({ robot_id }) => robot_id).sort()).toEqual([
    '0-0',
    'constructor',
    'hasOwnProperty',
    'toString',
  ]);
  expect(await failedRuns(worker)).toBe(0);
});

it('takes no time for one that is none, and milliseconds for seconds', async () => {
  const now = Date.now();
  const times = ['NaN', 'Infinity', '-Infinity', '1e308', '-1', '9'.repeat(400), ' ', '2999-01-01', now];
  const started = (timestamp: string | number, index: number) => ({
    event_type: 'mission.started',
    mission_id: `m${index}`,
    timestamp,
  });
  await producer.addAll(times.map(started));
  await using worker = await startTestWorker({ redis: producer.url });
  await counted(worker, times.length);
  expect(await report(worker, '5m')).toMatchObject({
    counts: { started: times.length },
    in_flight: times.length,
  });
  expect(await failedRuns(worker)).toBe(0);
});

it('goes on past ids that lie at the end of time, and past those gives nobody up', async () => {
  const add = (id: string, mission: string, kind: string) =>
    producer.redis.commands.xadd(
      missionStreamKey,
      id,
      'event_type',
      `mission.${kind}`,
      'mission_id',
      mission,
    );
  await add('*', 'm1', 'started');
  await add('9999999999999-5', 'm2', 'started');
  await add('99999999999999999-0', 'm2', 'completed');
  await using worker = await startTestWorker({ redis: producer.url });
  await counted(worker, 3);
  await add('18446744073709551615-18446744073709551614', 'm3', 'started');
  await add('18446744073709551615-18446744073709551615', 'm3', 'failed');
  await counted(worker, 5);
  await worker.post('/jobs/mark_overdue_missions/run');
  await worker.post('/jobs/aggregate_mission_metrics/run');
  const seen = await report(worker, '5m');
  expect(seen).toMatchObject({
    counts: { started: 3, completed: 1, failed: 1, abandoned: 0 },
    in_flight: 1,
    lag_entries: 0,
    totals: { entries_missed: 0 },
  });
  expect((seen.as_of ?? Infinity) * 1000).toBeLessThanOrEqual(Date.now() + 1000);
  expect(await failedRuns(worker)).toBe(0);
});

it('reads on past entries of a megabyte, and keeps no more than the beginning of what it rejects', async () => {
  const megabyte = 'x'.repeat(2 ** 20);
  for (let index = 0; index < 60; index += 1) {
    await producer.add({ event_type: 'mission.started', mission_id: `m${index}`, image: megabyte });
  }
  await producer.addAll([{ data: megabyte }, { event_type: 'mission.started', mission_id: megabyte }]);
  await using worker = await startTestWorker({ redis: producer.url });
  expect(await counted(worker, 62)).toMatchObject({ started: 60, entries_rejected: 2 });
  const kept = await createMissionStore(producer.redis).rejected(10);
  expect(kept).toHaveLength(2);
  for (const text of kept) expect(text.length).toBeLessThan(10_000);
});

it('counts on when the stream is deleted and made anew again and again', async () => {
  await using worker = await startTestWorker({ redis: producer.url });
  let entries = 0;
  for (let round = 1; round <= 10; round += 1) {
    // Sometimes more than before, sometimes fewer, sometimes as many.
    const missions = Array.from({ length: 1 + (round % 3) }, (_, index) => `m${round}-${index}`);
    await producer.addAll(missions.flatMap((mission) => missionEntries(mission, 'completed')));
    await counted(worker, (entries += missions.length * 3));
    await producer.redis.commands.del(missionStreamKey);
  }
  expect((await report(worker)).totals).toMatchObject({ completed: entries / 3, entries_missed: 0 });
});
