import { claimPresence, endPresence } from '@fleet/fleet-store';
import { eventually, startNats } from '@fleet/testing';

import type { Series } from '../src/missions/mission-series.ts';
import { counted, report } from './counted-fixture.ts';
import { followEvents } from './events-fixture.ts';
import { minuteAgo } from './minute-ago.ts';
import { missionEntries } from './missions-fixture.ts';
import { useProducer } from './use-producer.ts';
import { startTestWorker } from './worker-fixture.ts';

jest.setTimeout(60_000);

const producer = useProducer();

/** A mission of so many seconds within a minute. */
const mission = (id: string, end: string, minute: number, seconds: number, robotId = 'r1') => [
  { event_type: 'mission.created', mission_id: id, robot_id: robotId, timestamp: minute },
  { event_type: 'mission.started', mission_id: id, robot_id: robotId, timestamp: minute },
  { event_type: `mission.${end}`, mission_id: id, robot_id: robotId, timestamp: minute + seconds },
];

describe('the window report', () => {
  it('tells counts, rate, durations, flight and robots', async () => {
    const minute = minuteAgo(5);
    await producer.addAll([
      ...mission('m1', 'completed', minute, 10),
      ...mission('m2', 'completed', minute, 20),
      ...mission('m3', 'failed', minute, 30, 'r2'),
      ...mission('m4', 'cancelled', minute, 40, 'r2'),
      ...mission('m5', 'created', minute, 5).slice(0, 1),
    ]);
    await using worker = await startTestWorker({ redis: producer.url });
    await counted(worker, 13);
    const seen = await report(worker, '1h');
    expect(seen).toMatchObject({
      window_seconds: 3600,
      counts: { created: 5, started: 4, completed: 2, failed: 1, cancelled: 1, lost_connection: 0 },
      success_rate: 2 / 3,
      in_flight: 1,
      lag_entries: 0,
      lag_seconds: 0,
      revision: 1,
      robots: {
        top: [
          { robot_id: 'r1', completed: 2, failed: 0, cancelled: 0, lost_connection: 0 },
          { robot_id: 'r2', completed: 0, failed: 1, cancelled: 1, lost_connection: 0 },
        ],
        rest: { completed: 0, failed: 0, cancelled: 0, lost_connection: 0 },
      },
    });
    expect(seen.duration_ms).toMatchObject({ count: 4, mean: 25_000 });
    expect(seen.duration_ms.p50).toBeCloseTo(20_000, -3);
    expect(seen.duration_ms.p95).toBeCloseTo(40_000, -3);
    expect(seen.to - seen.from).toBe(3600);
    expect((await report(worker, '2m')).counts.completed).toBe(0);
    expect((await report(worker, '7d')).counts.completed).toBe(2);
  });

  it('tells a mission whose robot was gone from one that failed by itself', async () => {
    const { redis: store } = producer;
    const now = Date.now();
    const claim = (robotId: string) => ({
      robotId,
      connectionId: `ws_${robotId}`,
      processId: 'p1',
      instance: 'gateway',
      connectedAt: now - 60_000,
      lastSeenAt: now,
    });
    await claimPresence(store, ['gone', 'there'].map(claim), { graceMs: 0, takeoverLimit: 15 });
    await endPresence(store, [{ ...claim('gone'), reason: 'connection_lost', endedAt: now }]);
    await producer.addAll([
      ...missionEntries('m1', 'failed', { robot_id: 'gone' }),
      ...missionEntries('m2', 'failed', { robot_id: 'there' }),
      ...missionEntries('m3', 'failed', { robot_id: 'unheard_of' }),
      ...missionEntries('m4', 'completed', { robot_id: 'gone' }),
    ]);
    await using worker = await startTestWorker({ redis: producer.url });
    expect(await counted(worker, 12)).toMatchObject({ lost_connection: 1, failed: 2, completed: 1 });
  });

  it.each(['window=5', 'window=0m', 'window=366d', 'window=1h&window=2h', 'window=30s'])(
    'refuses %s with a problem',
    async (query) => {
      await using worker = await startTestWorker({ redis: producer.url });
      const { status, body } = await worker.get(`/missions/metrics?${query}`);
      expect(status).toBe(400);
      expect(body).toMatchObject({
        title: 'Bad Request',
        detail: expect.stringContaining('window') as string,
      });
    },
  );
});

describe('the series', () => {
  it('has gaps where nothing is known and zeros where nothing happened', async () => {
    const [first, last] = [minuteAgo(4), minuteAgo(2)];
    await producer.redis.commands.xadd(
      'brain.events.missions',
      `${first * 1000}-0`,
      'event_type',
      'mission.created',
      'mission_id',
      'm1',
    );
    await producer.addAll(mission('m2', 'completed', last, 30));
    await using worker = await startTestWorker({ redis: producer.url });
    await counted(worker, 4);
    const { body } = await worker.get('/missions/metrics/series?window=6m&step=1m');
    const { points } = body as Series;
    const at = (minute: number) => points.find((point) => point.at === minute);
    expect(at(first - 60)).toMatchObject({
      coverage: 0,
      counts: null,
      success_rate: null,
      duration_ms: null,
    });
    expect(at(first)).toMatchObject({ coverage: 1, counts: { created: 1, completed: 0 } });
    expect(at(first + 60)).toMatchObject({ coverage: 1, counts: { created: 0, completed: 0 } });
    expect(at(last)).toMatchObject({ counts: { completed: 1 }, success_rate: 1 });
    // Four to five minutes of the last hour.
    const coverage = await worker.metric(/^fleet_mission_coverage_ratio/);
    expect(coverage).toBeGreaterThan(0.05);
    expect(coverage).toBeLessThan(0.1);
  });
});

describe('a closed window', () => {
  it('is published, and again with the next revision when a late entry corrects it', async () => {
    await using nats = await startNats();
    await using events = followEvents(nats.url);
    await using worker = await startTestWorker({ redis: producer.url, nats: nats.url });
    const minute = minuteAgo(3);
    await producer.addAll(mission('m1', 'completed', minute, 30));
    const closed = await eventually(() => events.of('metrics.window_closed')[0]);
    expect(closed).toMatchObject({
      job_id: 'aggregate_mission_metrics',
      window_start: minute,
      window_end: minute + 60,
      created: 1,
      started: 1,
      completed: 1,
      failed: 0,
      success_rate: 1,
      revision: 1,
    });
    await producer.addAll(mission('m2', 'failed', minute, 45));
    const corrected = await eventually(() => events.of('metrics.window_closed')[1]);
    expect(corrected).toMatchObject({
      window_start: minute,
      completed: 1,
      failed: 1,
      revision: 2,
      success_rate: 0.5,
    });
    expect((await report(worker, '1h')).revision).toBe(2);
    await eventually(
      async () => (await producer.redis.commands.hlen('{missions}:windows-unpublished')) === 0,
    );
  });
});
