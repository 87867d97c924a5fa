import { createMissionWindows } from '@fleet/fleet-store';
import { startRedis } from '@fleet/testing';

import { valueOf } from '../src/missions/histogram.ts';
import { counted } from './counted-fixture.ts';
import { connectProducer } from './missions-fixture.ts';
import { missionEntriesOf, readRecording, type Row } from './recording-fixture.ts';
import { startTestWorker } from './worker-fixture.ts';

jest.setTimeout(120_000);

const decade = String(10 * 365 * 86_400);

/** Reads the outcomes off the rows, cycle by cycle, and shares nothing with the service or with the replay. */
const countRows = (rows: readonly Row[]) => {
  const minutes = new Map<number, { created: number; completed: number; failed: number }>();
  const durationsMs: number[] = [];
  const minute = (text: string) => {
    const start = Math.floor(Date.parse(text) / 60_000) * 60;
    const known = minutes.get(start) ?? { created: 0, completed: 0, failed: 0 };
    minutes.set(start, known);
    return known;
  };
  // A cycle may pause and go on: all its rows belong to it, wherever they are.
  for (const cycle of new Set(rows.map((row) => row.cycle))) {
    const own = rows.filter((row) => row.cycle === cycle);
    const [first, last] = [own[0] as Row, own.at(-1) as Row];
    minute(first.timestamp).created += 1;
    minute(last.timestamp)[own.some(({ isTrouble }) => isTrouble) ? 'failed' : 'completed'] += 1;
    durationsMs.push(Date.parse(last.timestamp) - Date.parse(first.timestamp));
  }
  return { minutes, durationsMs };
};

it('counts a recording as a plain reading of its rows does: outcomes, durations and every minute', async () => {
  const rows = readRecording();
  const { minutes, durationsMs } = countRows(rows);
  const entries = missionEntriesOf(rows);
  const sum = (name: 'created' | 'completed' | 'failed') =>
    [...minutes.values()].reduce((total, each) => total + each[name], 0);

  const redis = await startRedis();
  try {
    await using producer = await connectProducer(redis.url);
    // In an order no robot would keep to, and a part of it twice.
    const shuffled = [...entries, ...entries.slice(0, 100)]
      .map((entry, index) => ({ entry, key: (index * 7919) % 1013 }))
      .sort((a, b) => a.key - b.key)
      .map(({ entry }) => entry);
    await producer.addAll(shuffled);
    await using worker = await startTestWorker(
      { redis: redis.url },
      {
        MISSION_MINUTES_KEPT_SECONDS: decade,
        MISSION_HOURS_KEPT_SECONDS: decade,
        MISSION_DAYS_KEPT_SECONDS: decade,
      },
    );
    const totals = await counted(worker, shuffled.length);
    expect(totals).toMatchObject({
      created: durationsMs.length,
      started: durationsMs.length,
      completed: sum('completed'),
      failed: sum('failed'),
      cancelled: 0,
    });

    const windows = createMissionWindows(producer.redis);
    const starts = [...minutes.keys()];
    const counts = await windows.counts(starts.map((start) => ({ size: 'minute', start })));
    const found = counts.map((bucket) => ({
      created: bucket.get('created') ?? 0,
      completed: bucket.get('completed') ?? 0,
      failed: bucket.get('failed') ?? 0,
    }));
    expect(found).toEqual([...minutes.values()]);

    const [all] = await windows.counts([{ size: 'day', start: dayOf(starts[0] ?? 0) }]);
    expect(all?.get('duration_ms')).toBe(durationsMs.reduce((total, each) => total + each, 0));
    const steps = [...(all ?? [])].filter(([name]) => /^h\d/.test(name));
    const histogram = steps.flatMap(([name, count]) =>
      Array.from({ length: count }, () => valueOf(Number(name.slice(1)))),
    );
    const sorted = [...durationsMs].sort((a, b) => a - b);
    histogram.sort((a, b) => a - b);
    expect(histogram).toHaveLength(sorted.length);
    for (const [index, value] of sorted.entries()) {
      expect(Math.abs((histogram[index] ?? 0) - value)).toBeLessThanOrEqual(value * 0.008 + 1);
    }
  } finally {
    await redis.stop();
  }
});

const dayOf = (start: number): number => start - (start % 86_400);
