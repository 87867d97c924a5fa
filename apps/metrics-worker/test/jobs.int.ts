import { eventually, startRedis, type Server } from '@fleet/testing';

import { counted } from './counted-fixture.ts';
import { connectProducer, missionEntries } from './missions-fixture.ts';
import { startTestWorker } from './worker-fixture.ts';

jest.setTimeout(60_000);

const job = 'aggregate_mission_metrics';

interface Jobs {
  jobs: { job_id: string; next_run_at: number; last_runs: { outcome: string }[] }[];
}

describe('the jobs', () => {
  let redis: Server;

  beforeEach(async () => {
    redis = await startRedis();
  }, 120_000);

  afterEach(() => redis.stop());

  it('are shown with their last runs and the next', async () => {
    await using worker = await startTestWorker({ redis: redis.url });
    const shown = await eventually(async () => {
      const { body } = await worker.get('/jobs');
      const [first] = (body as Jobs).jobs;
      return first !== undefined && first.last_runs.length > 1 ? first : undefined;
    });
    expect(shown).toMatchObject({
      job_id: job,
      schedule: { every_seconds: 0.1 },
      next_run_at: expect.any(Number) as number,
    });
    expect(shown.last_runs[0]).toMatchObject({
      outcome: 'completed',
      trigger: 'schedule',
      result: { entries_processed: 0, entries_rejected: 0, lag_entries: 0 },
    });
  });

  it('run when they are asked to, whichever replica is asked', async () => {
    const rarely = { AGGREGATION_INTERVAL_SECONDS: '3600', JOB_LEASE_MS: '600' };
    await using first = await startTestWorker({ redis: redis.url }, rarely);
    const completed = new RegExp(`^fleet_job_runs_total.*"${job}".*completed`);
    await eventually(async () => (await first.metric(completed)) === 1);
    await using second = await startTestWorker({ redis: redis.url }, rarely);
    await using producer = await connectProducer(redis.url);
    await producer.addAll(missionEntries('m1', 'completed'));
    expect(await second.post(`/jobs/${job}/run`)).toEqual({
      status: 202,
      body: { job_id: job, requested: true },
    });
    await counted(second, 3);
    // Whichever has the lease by then: a busy machine may keep the first from renewing it.
    const runs = async () => ((await first.metric(completed)) ?? 0) + ((await second.metric(completed)) ?? 0);
    await eventually(async () => (await runs()) === 2);
  });

  it('are not run on request while Redis is away, even by who holds the lease', async () => {
    const rarely = { AGGREGATION_INTERVAL_SECONDS: '3600', JOB_LEASE_MS: '60000' };
    await using worker = await startTestWorker({ redis: redis.url }, rarely);
    const completed = new RegExp(`^fleet_job_runs_total.*"${job}".*completed`);
    await eventually(async () => (await worker.metric(completed)) === 1);
    await redis.kill();
    await eventually(() => worker.logged.some(({ msg }) => msg === 'redis is away'));
    const response = await fetch(`${worker.url}/jobs/${job}/run`, { method: 'POST' });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('2');
    expect(await response.json()).toMatchObject({ status: 503 });
    await redis.start();
    await eventually(async () => (await worker.post(`/jobs/${job}/run`)).status === 202);
    await eventually(async () => (await worker.metric(completed)) === 2);
  });

  it('are unknown under other names', async () => {
    await using worker = await startTestWorker({ redis: redis.url });
    expect(await worker.post('/jobs/tidy_up/run')).toMatchObject({ status: 404 });
    expect(await worker.get('/jobs/tidy_up/runs')).toMatchObject({ status: 404 });
  });
});

describe('a worker', () => {
  it('starts without Redis, says so, and works when Redis is there', async () => {
    // With every write on disk before it is answered: what is counted before a death is counted after it.
    const redis = await startRedis({ args: ['--appendfsync', 'always'] });
    await redis.kill();
    try {
      await using worker = await startTestWorker({ redis: redis.url });
      expect(await worker.get(`${worker.adminUrl}/readyz`)).toMatchObject({
        status: 503,
        body: { ready: false, dependencies: { redis: 'down' } },
      });
      expect(await worker.get(`${worker.adminUrl}/livez`)).toMatchObject({ status: 200 });
      expect(await worker.get('/missions/metrics')).toMatchObject({ status: 503 });
      await redis.start();
      await eventually(async () => (await worker.get(`${worker.adminUrl}/readyz`)).status === 200);
      await using producer = await connectProducer(redis.url);
      await producer.addAll(missionEntries('m1', 'completed'));
      await counted(worker, 3);
      const held = async () => worker.metric(new RegExp(`^fleet_job_lease_held.*"${job}"`));
      await eventually(async () => (await held()) === 1);

      await redis.kill();
      await eventually(async () => (await worker.get('/missions/metrics')).status === 503);
      await eventually(async () => (await held()) === 0);
      expect(worker.logged.some(({ msg }) => msg === 'redis is away')).toBe(true);
      await redis.start();
      await counted(worker, 3);
      await eventually(async () => (await held()) === 1);
    } finally {
      await redis.stop();
    }
  });
});
