import { eventually, startRedisGroup } from '@fleet/testing';

import { counted, report } from './counted-fixture.ts';
import { connectProducer, missionEntries } from './missions-fixture.ts';
import { readStream } from './read-stream.ts';
import { countByHand } from './reference-model.ts';
import { startTestWorker } from './worker-fixture.ts';

jest.setTimeout(180_000);

const missionsPerRound = 300;

const roundOf = (round: number): Record<string, string | number>[] =>
  Array.from({ length: missionsPerRound }, (_, mission) =>
    missionEntries(`m${round}-${mission}`, mission % 5 === 0 ? 'failed' : 'completed'),
  ).flat();

interface Runs {
  runs: { outcome: string; started_at: number; ended_at: number; result: { entries_processed: number } }[];
}

it('goes on with the replica within 15 s of the death of the primary, and counts what the replica has', async () => {
  await using group = await startRedisGroup();
  const { primary, sentinelAddress, name } = group;
  // Only the sentinel says where Redis is: nothing listens where the URL points.
  const url = 'redis://127.0.0.1:1';
  await using producer = await connectProducer(url, { addresses: [sentinelAddress], group: name });
  await using worker = await startTestWorker(
    { redis: url },
    {
      REDIS_SENTINELS: sentinelAddress,
      REDIS_SENTINEL_NAME: name,
      AGGREGATION_INTERVAL_SECONDS: '0.05',
    },
  );

  /** Entries that Redis has confirmed, in the order of their rounds. */
  const confirmed: string[] = [];
  const stopped = new AbortController();
  const writing = (async () => {
    for (let round = 0; !stopped.signal.aborted; round += 1) {
      // A round that fails was written in part or not at all: what counts is what the stream holds in the end.
      const ids = await producer.addAll(roundOf(round)).catch(() => undefined);
      if (ids !== undefined) confirmed.push(...ids);
      else await producer.redis.untilReady();
    }
  })();

  let copied: number;
  let confirmedBefore: number;
  try {
    await eventually(async () => (await report(worker)).totals.entries_processed > missionsPerRound * 15);
    // What was confirmed by now, the replica has; what comes between this and the death it may lack.
    copied = confirmed.length;
    expect(await producer.redis.commands.wait(1, 30_000)).toBe(1);
    const killedAt = Date.now() / 1000;
    await primary.kill();
    await eventually(() => producer.redis.status === 'away');
    confirmedBefore = confirmed.length;

    const resumed = await eventually(
      async () => {
        const { runs } = (await worker.get('/jobs/aggregate_mission_metrics/runs')).body as Runs;
        return runs.findLast(
          ({ outcome, started_at, result }) =>
            outcome === 'completed' && started_at > killedAt && result.entries_processed > 0,
        );
      },
      { describe: 'a run that counts something', withinMs: 60_000 },
    );
    expect(resumed.ended_at - killedAt).toBeLessThan(15);
    await eventually(() => confirmed.length > confirmedBefore + missionsPerRound * 15, { withinMs: 60_000 });
  } finally {
    stopped.abort();
    await writing;
  }

  const entries = await readStream(producer.redis);
  const kept = new Set(entries.map(([id]) => id));
  const isKept = confirmed.map((id) => kept.has(id));
  // Nothing that the replica had is lost, and of the rest only the end: no holes.
  const firstLost = isKept.indexOf(false);
  const survived = firstLost < 0 || firstLost > confirmedBefore ? confirmedBefore : firstLost;
  expect(survived).toBeGreaterThanOrEqual(copied);
  expect(isKept.slice(survived, confirmedBefore)).not.toContain(true);
  expect(isKept.slice(confirmedBefore)).not.toContain(false);

  const { totals, inFlight } = countByHand(entries);
  expect(await counted(worker, entries.length)).toMatchObject({
    ...totals,
    entries_missed: 0,
    entries_rejected: 0,
  });
  expect((await report(worker)).in_flight).toBe(inFlight);
});
