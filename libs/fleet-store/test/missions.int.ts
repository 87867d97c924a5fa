import { startRedis, type Server } from '@fleet/testing';

import {
  connectRedis,
  createJobStore,
  createMissionStore,
  createMissionWindows,
  type FleetRedis,
  type MissionWrite,
} from '../src/index.ts';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

let server: Server;
let redis: FleetRedis;

beforeAll(async () => {
  server = await startRedis();
  redis = connectRedis({ url: server.url, name: 'test', log: quiet });
  await redis.untilReady();
}, 120_000);

afterAll(async () => {
  await redis.stop();
  await server.stop();
});

beforeEach(() => redis.commands.flushall());

const soon = (): number => Math.floor(Date.now() / 1000) + 3600;

const write = (more: Partial<MissionWrite>): MissionWrite => ({
  fence: 1,
  from: '0-0',
  to: '5-0',
  headChanges: [['processed', 5]],
  headValues: [['as_of_ms', 5000]],
  totals: [['completed', 2]],
  open: [['m1', 'open']],
  ended: [['m2', 'ended']],
  noLongerOpen: [],
  generation: 1,
  rejected: [],
  gaps: [],
  buckets: [{ size: 'minute', start: 0, expiresAt: soon(), counts: [['completed', 2]], robots: [] }],
  ...more,
});

describe('the mission store', () => {
  it('applies a write as a whole', async () => {
    const store = createMissionStore(redis);
    expect(await store.begin(1)).toMatchObject({ cursor: '0-0', processed: 0, asOfMs: null });
    expect(await store.apply(write({ rejected: ['{"id":"3-0"}'] }))).toBe('applied');
    expect(await store.head()).toMatchObject({ cursor: '5-0', processed: 5, asOfMs: 5000, fence: 1 });
    expect(await store.totals()).toEqual(new Map([['completed', 2]]));
    expect(await store.missions(['m1', 'm2', 'm3'], 1, '5-0')).toEqual(
      new Map([
        ['m1', { isOpen: true, history: 'open' }],
        ['m2', { isOpen: false, history: 'ended' }],
      ]),
    );
    expect(await store.rejected(10)).toEqual(['{"id":"3-0"}']);
  });

  it('applies nothing when the cursor is elsewhere', async () => {
    const store = createMissionStore(redis);
    await store.apply(write({}));
    expect(await store.apply(write({}))).toBe('moved');
    expect(await store.totals()).toEqual(new Map([['completed', 2]]));
    expect(await store.missions(['m1'], 1, '0-0')).toBeNull();
  });

  it('applies nothing of a holder that was succeeded', async () => {
    const store = createMissionStore(redis);
    await store.begin(1);
    await store.begin(2);
    expect(await store.apply(write({ fence: 1 }))).toBe('fenced');
    expect(await store.begin(1)).toBeNull();
    expect(await store.restart(1, '0-0')).toBe(false);
    expect(await store.rotate(1, 2, 0)).toBe(false);
    expect(await store.apply(write({ fence: 2 }))).toBe('applied');
  });

  it('forgets ended missions a generation at a time', async () => {
    const store = createMissionStore(redis);
    await store.begin(1);
    await store.apply(write({}));
    await store.rotate(1, 2, 1000);
    expect(await store.missions(['m2'], 2, '5-0')).toEqual(
      new Map([['m2', { isOpen: false, history: 'ended' }]]),
    );
    await store.rotate(1, 3, 2000);
    expect(await store.missions(['m2'], 3, '5-0')).toEqual(new Map());
  });

  it('counts robots beyond the cap of a bucket together', async () => {
    const store = createMissionStore(redis);
    const robots = Array.from({ length: 600 }, (_, index): [string, number] => [`completed:r${index}`, 1]);
    const bucket = { size: 'hour' as const, start: 0, expiresAt: soon(), counts: [] };
    await store.apply(write({ buckets: [{ ...bucket, robots }] }));
    const [counts] = await createMissionWindows(redis).robots([{ size: 'hour', start: 0 }]);
    expect(counts?.size).toBe(513);
    expect(counts?.get('completed:*')).toBe(88);
  });

  it('gives a closed minute a revision, and another when it was corrected', async () => {
    const store = createMissionStore(redis);
    const windows = createMissionWindows(redis);
    await store.begin(1);
    await store.apply(write({}));
    expect(await windows.changed(0, 10)).toEqual([0]);
    expect(await windows.close(1, [0])).toBe(true);
    expect(await windows.changed(0, 10)).toEqual([]);
    await store.apply(write({ from: '5-0', to: '6-0' }));
    await windows.close(1, [0]);
    const unpublished = await windows.unpublished();
    expect(
      unpublished.map(({ start, revision, counts }) => [start, revision, counts.get('completed')]),
    ).toEqual([
      [0, 1, 2],
      [0, 2, 4],
    ]);
    for (const closed of unpublished) await windows.published(closed);
    expect(await windows.unpublished()).toEqual([]);
    await store.begin(2);
    expect(await windows.close(1, [0])).toBe(false);
  });
});

describe('the job store', () => {
  it('gives the lease to one holder at a time, each with a greater fence', async () => {
    const jobs = createJobStore(redis);
    const first = await jobs.acquire('job', 'a', 60_000);
    const a = first?.fence ?? 0;
    expect(first).toEqual({ fence: a, before: null });
    expect(await jobs.acquire('job', 'b', 60_000)).toBeNull();
    expect(await jobs.renew('job', a, 60_000)).toBe('held');
    await jobs.ask('job');
    expect(await jobs.renew('job', a, 60_000)).toBe('asked');
    expect(await jobs.renew('job', a, 60_000)).toBe('held');
    await jobs.release('job', a);
    const second = await jobs.acquire('job', 'b', 60_000);
    const b = second?.fence ?? 0;
    expect(second?.before).toBe('a');
    expect(b).toBeGreaterThan(a);
    expect(await jobs.renew('job', a, 60_000)).toBe('lost');
    await jobs.release('job', a);
    expect(await jobs.renew('job', b, 60_000)).toBe('held');
  });

  it('gives a greater fence even when the last one was lost with the database', async () => {
    const jobs = createJobStore(redis);
    const before = await jobs.acquire('job', 'a', 60_000);
    await redis.commands.flushall();
    const after = await jobs.acquire('job', 'b', 60_000);
    expect(after?.fence).toBeGreaterThan(before?.fence ?? Infinity);
  });

  it('keeps the last hundred runs', async () => {
    const jobs = createJobStore(redis);
    await jobs.begun('job', '"running"', 60_000);
    expect(await jobs.runs('job', 5)).toEqual({ running: '"running"', ended: [] });
    expect(await jobs.dueInMs('job')).toBeGreaterThan(50_000);
    for (let run = 1; run <= 105; run += 1) await jobs.ended('job', String(run));
    const { running, ended } = await jobs.runs('job', 200);
    expect(running).toBeNull();
    expect(ended).toHaveLength(100);
    expect(ended[0]).toBe('105');
  });
});
