import { eventually, startRedisGroup } from '@fleet/testing';

import { counted, report } from './counted-fixture.ts';
import { connectProducer, missionEntries, missionStreamKey } from './missions-fixture.ts';
import { countByHand } from './reference-model.ts';
import { startTestWorker } from './worker-fixture.ts';

jest.setTimeout(180_000);

const missionsPerRound = 300;

const roundOf = (round: number): Record<string, string | number>[] =>
  Array.from({ length: missionsPerRound }, (_, mission) =>
    missionEntries(`m${round}-${mission}`, mission % 5 === 0 ? 'failed' : 'completed'),
  ).flat();

it('goes on with the replica when the primary dies during the aggregation, and counts what the replica has', async () => {
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

  let rounds = 0;
  const stopped = new AbortController();
  const writing = (async () => {
    for (let round = 0; !stopped.signal.aborted; round += 1) {
      // A round that fails was written in part or not at all: what counts is what the stream holds in the end.
      const wrote = await producer.addAll(roundOf(round)).then(
        () => true,
        () => false,
      );
      if (wrote) rounds += 1;
      else await producer.redis.untilReady();
    }
  })();
  const countedSince = (entries: number) =>
    eventually(
      async () => {
        const { totals } = await report(worker);
        return totals.entries_processed > entries && totals.entries_processed;
      },
      { describe: `more than ${entries} counted entries`, withinMs: 60_000 },
    );

  const copied = await countedSince(missionsPerRound * 3 * 5);
  try {
    // What was counted by now, the replica has; what comes between this and the death it may lack.
    expect(await producer.redis.commands.wait(1, 30_000)).toBe(1);
    await primary.kill();
    await eventually(() => producer.redis.status === 'away');
    const roundsBefore = rounds;
    await producer.redis.untilReady(AbortSignal.timeout(60_000));
    await eventually(() => rounds > roundsBefore + 5, { describe: 'writing to go on', withinMs: 60_000 });
    await countedSince(copied);
  } finally {
    stopped.abort();
    await writing;
  }

  const entries = await producer.redis.commands.xrange(missionStreamKey, '-', '+');
  expect(entries.length).toBeGreaterThanOrEqual(copied);
  expect(await counted(worker, entries.length)).toMatchObject({
    ...countByHand(entries),
    entries_missed: 0,
    entries_rejected: 0,
  });
  const { in_flight } = await report(worker);
  const counts = countByHand(entries);
  expect(in_flight).toBe(counts.created - counts.completed - counts.failed);
});
