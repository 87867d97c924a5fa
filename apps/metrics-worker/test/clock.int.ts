import { eventually, startFakeClock, startRedis } from '@fleet/testing';

import { startChildWorker } from './child-fixture.ts';
import { counted, report } from './counted-fixture.ts';
import { connectProducer, missionEntries } from './missions-fixture.ts';

jest.setTimeout(120_000);

const hour = 3600;

interface Runs {
  runs: { outcome?: string; trigger: string }[];
}

/** Seconds to go, from 0 to an hour, until a clock shows this minute. */
const untilMinute = (minute: number): number => {
  const intoTheHour = (Date.now() / 1000) % hour;
  return Math.floor((minute * 60 - intoTheHour + hour) % hour);
};

it('runs once what a jump of the clock by two hours has skipped, and nothing twice when it jumps back', async () => {
  await using redis = await startRedis();
  await using clock = await startFakeClock();
  await using producer = await connectProducer(redis.url);
  // Three minutes past the time of the hourly job: long before the next.
  const start = untilMinute(20);
  await clock.set(start);
  await using worker = await startChildWorker({ redis: redis.url }, { ...clock.env });

  const ended = async (job: string) => {
    const { body } = await worker.get(`/jobs/${job}/runs`);
    return (body as Runs).runs.filter(({ outcome }) => outcome === 'completed').map(({ trigger }) => trigger);
  };
  const showsAhead = (seconds: number) =>
    eventually(
      async () => {
        const asOf = (await report(worker)).as_of ?? 0;
        return Math.abs(asOf - Date.now() / 1000 - seconds) < 600;
      },
      { describe: `the worker to be ${seconds} s ahead`, withinMs: 30_000 },
    );
  let entries = 0;
  const count = async (mission: string) => {
    await producer.addAll(missionEntries(mission, 'completed'));
    await counted(worker, (entries += 3));
  };
  /** After a run on request the scheduler looks anew whether one is due. */
  const ask = async (times: number) => {
    const before = (await ended('trim_history')).length;
    await fetch(`${worker.url}/jobs/trim_history/run`, { method: 'POST' });
    await eventually(async () => (await ended('trim_history')).length > before, { withinMs: 30_000 });
    if (times > 1) await ask(times - 1);
  };

  await showsAhead(start);
  await eventually(async () => (await ended('mark_overdue_missions')).length === 1);
  await eventually(async () => (await producer.redis.commands.exists('job:{trim_history}:settled')) === 1);
  await count('m1');
  expect(await ended('trim_history')).toEqual([]);

  await clock.set(start + 2 * hour);
  await showsAhead(start + 2 * hour);
  await eventually(async () => (await ended('trim_history')).length > 0, { withinMs: 60_000 });
  await count('m2');
  await ask(2);
  expect(await ended('trim_history')).toEqual(['request', 'request', 'schedule']);

  await clock.set(start);
  await showsAhead(start);
  await count('m3');
  await ask(2);

  await clock.set(start + 2 * hour);
  await showsAhead(start + 2 * hour);
  await count('m4');
  await ask(2);

  const requests = Array.from({ length: 6 }, () => 'request');
  expect(await ended('trim_history')).toEqual([...requests, 'schedule']);
  expect(await ended('mark_overdue_missions')).toEqual(['schedule']);
  expect((await report(worker)).totals).toMatchObject({ completed: 4, entries_processed: 12 });
});
