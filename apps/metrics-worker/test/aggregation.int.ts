import { readerSchemaOf, subjectOf } from '@fleet/event-envelope';
import { eventually, startNats, type Server } from '@fleet/testing';

import { counted, report } from './counted-fixture.ts';
import { followEvents } from './events-fixture.ts';
import { missionEntries, missionStreamKey } from './missions-fixture.ts';
import { useProducer } from './use-producer.ts';
import { startTestWorker } from './worker-fixture.ts';

jest.setTimeout(60_000);

const producer = useProducer();

describe('a run', () => {
  let nats: Server;

  beforeEach(async () => {
    nats = await startNats();
  }, 120_000);

  afterEach(() => nats.stop());

  it('publishes that the aggregation has started', async () => {
    await using events = followEvents(nats.url);
    await using worker = await startTestWorker({ redis: producer.url, nats: nats.url });
    await eventually(() => events.of('metrics.aggregation_started').length > 0);
    expect(events.of('metrics.aggregation_started')[0]).toEqual({
      job_id: 'aggregate_mission_metrics',
      started_at: expect.any(Number) as number,
    });
    expect(worker.logged.some(({ msg }) => msg === 'worker listens')).toBe(true);
  });

  it('publishes that the aggregation has completed, with its statistics', async () => {
    await producer.addAll(missionEntries('m1', 'completed'));
    await producer.add({ nonsense: 1 });
    await using events = followEvents(nats.url);
    await using worker = await startTestWorker({ redis: producer.url, nats: nats.url });
    await counted(worker, 4);
    const completed = await eventually(() =>
      events.of('metrics.aggregation_completed').find(({ entries_processed: count }) => count === 3),
    );
    expect(completed).toEqual({
      job_id: 'aggregate_mission_metrics',
      entries_processed: 3,
      entries_rejected: 1,
      entries_missed: 0,
      lag_entries: 0,
      lag_seconds: 0,
      duration_ms: expect.any(Number) as number,
      completed_at: expect.any(Number) as number,
    });
  });

  it('publishes its failure on an exception, fails, and is followed by the next', async () => {
    await producer.redis.commands.set(missionStreamKey, 'not a stream');
    await using events = followEvents(nats.url);
    await using worker = await startTestWorker({ redis: producer.url, nats: nats.url });
    const failed = await eventually(() => events.of('metrics.aggregation_failed')[0]);
    expect(failed).toMatchObject({
      job_id: 'aggregate_mission_metrics',
      error_message: expect.stringContaining('WRONGTYPE') as string,
      error_type: 'ReplyError',
    });
    const { body } = await worker.get('/jobs/aggregate_mission_metrics/runs');
    expect((body as { runs: unknown[] }).runs[0]).toMatchObject({ outcome: 'failed' });

    await producer.redis.commands.del(missionStreamKey);
    await producer.addAll(missionEntries('m1', 'failed'));
    await counted(worker, 3);
    expect(await worker.metric(/^fleet_job_runs_total.*failed/)).toBeGreaterThan(0);
  });

  it('publishes nothing that does not comply with the Charter', async () => {
    await producer.addAll(missionEntries('m1', 'completed', { timestamp: Date.now() / 1000 - 600 }));
    await using events = followEvents(nats.url);
    await using worker = await startTestWorker({ redis: producer.url, nats: nats.url });
    await counted(worker, 3);
    await eventually(() => events.of('metrics.window_closed').length > 0);
    for (const { event, error, subject } of events.all) {
      expect(error).toBeUndefined();
      if (event === undefined) continue;
      expect(() => readerSchemaOf(event.type).parse(event)).not.toThrow();
      expect(event).toMatchObject({ source: 'metrics_service', target: null, meta: { version: '1.0' } });
      expect(subject).toBe(subjectOf(event));
    }
  });
});

describe('counting', () => {
  it('counts the same entries once in two runs', async () => {
    await producer.addAll(missionEntries('m1', 'completed'));
    await using worker = await startTestWorker({ redis: producer.url });
    await counted(worker, 3);
    const { status } = await worker.post('/jobs/aggregate_mission_metrics/run');
    expect(status).toBe(202);
    await producer.addAll(missionEntries('m2', 'failed'));
    expect(await counted(worker, 6)).toMatchObject({ created: 2, started: 2, completed: 1, failed: 1 });
  });

  it('counts the same entries once by two workers', async () => {
    await using first = await startTestWorker({ redis: producer.url }, { SERVICE_INSTANCE: 'first' });
    await eventually(async () => (await first.metric(/^fleet_job_lease_held/)) === 1);
    await using second = await startTestWorker({ redis: producer.url }, { SERVICE_INSTANCE: 'second' });
    for (let round = 0; round < 10; round += 1) {
      await producer.addAll(missionEntries(`m${round}`, 'completed'));
    }
    expect(await counted(first, 30)).toMatchObject({ created: 10, started: 10, completed: 10 });
    await first.stop();
    await producer.addAll(missionEntries('last', 'cancelled'));
    expect(await counted(second, 33)).toMatchObject({ created: 11, completed: 10, cancelled: 1 });
    expect(await second.metric(/^fleet_job_lease_takeovers_total/)).toBe(1);
  });

  it('counts more new entries than one batch holds', async () => {
    const missions = Array.from({ length: 5000 }, (_, index) => missionEntries(`m${index}`, 'completed'));
    await producer.addAll(missions.flat());
    await using worker = await startTestWorker({ redis: producer.url });
    expect(await counted(worker, 15_000)).toMatchObject({ created: 5000, started: 5000, completed: 5000 });
  });

  it('sets an unreadable entry aside and counts the rest', async () => {
    await producer.addAll([
      { event_type: 'mission.completed' },
      { data: '{"status":' },
      { data: '{"status":"completed","mission_id":"\\ud800"}' },
      ...missionEntries('m1', 'completed'),
      { data: '{"status":"failed"}' },
      { event_type: 'mission.paused', mission_id: 'm1' },
    ]);
    await using worker = await startTestWorker({ redis: producer.url });
    expect(await counted(worker, 8)).toMatchObject({
      created: 1,
      completed: 1,
      failed: 1,
      other: 1,
      entries_rejected: 3,
    });
    const kept = await producer.redis.commands.lrange('{missions}:rejected', 0, -1);
    expect(kept.map((json) => (JSON.parse(json) as { reason: string }).reason).sort()).toEqual([
      'invalid_json',
      'invalid_mission_id',
      'no_mission_id',
    ]);
  });

  it('works without an event stream', async () => {
    await producer.addAll(missionEntries('m1', 'completed', { timestamp: Date.now() / 1000 - 600 }));
    await using worker = await startTestWorker({ redis: producer.url });
    expect(await counted(worker, 3)).toMatchObject({ completed: 1 });
    const skipped = ({ msg }: Record<string, unknown>): boolean =>
      msg === 'EventStream not available, skipping event';
    await eventually(() => worker.logged.some(skipped));
    expect(worker.logged.filter(({ level }) => Number(level) >= 50)).toEqual([]);
  });

  it('reports what was trimmed before it was read', async () => {
    await producer.addAll(missionEntries('m1', 'completed'));
    const first = await startTestWorker({ redis: producer.url });
    await counted(first, 3);
    await first.stop();
    await producer.addAll(missionEntries('m2', 'completed'));
    await producer.addAll(missionEntries('m3', 'completed'));
    await producer.redis.commands.xtrim(missionStreamKey, 'MAXLEN', 2);
    await using second = await startTestWorker({ redis: producer.url });
    expect(await counted(second, 5)).toMatchObject({ completed: 2, entries_missed: 4 });
    expect((await report(second)).lag_entries).toBe(0);
  });

  it('notices that the stream was deleted and made anew', async () => {
    await producer.addAll(missionEntries('m1', 'completed'));
    await using worker = await startTestWorker({ redis: producer.url });
    await counted(worker, 3);
    await producer.redis.commands.del(missionStreamKey);
    await producer.addAll(missionEntries('m2', 'failed'));
    expect(await counted(worker, 6)).toMatchObject({ completed: 1, failed: 1, entries_missed: 0 });
    expect(worker.logged.some(({ msg }) => msg === 'mission stream was deleted and made anew')).toBe(true);
  });
});
