import { eventually, startRedis } from '@fleet/testing';

import { startChildWorker, type ChildWorker } from './child-fixture.ts';
import { connectProducer, missionStreamKey, type Producer } from './missions-fixture.ts';
import { counted } from './counted-fixture.ts';
import { countByHand } from './reference-model.ts';

jest.setTimeout(300_000);

const fleet = 3;
const entriesWanted = Number(process.env['EXACTLY_ONCE_ENTRIES'] ?? 60_000);
const perRound = 5000;

/** Overlapping missions with ends that contradict each other, repeated entries and late ones. */
const roundOf = (round: number): Record<string, string | number>[] => {
  const entries: Record<string, string | number>[] = [];
  for (let index = 0; entries.length < perRound; index += 1) {
    const mission = round * 2000 + index;
    const entry = (kind: string, more = {}) =>
      entries.push({ event_type: `mission.${kind}`, mission_id: `m${mission}`, ...more });
    const isLate = mission % 7 === 0;
    const timestamp = Date.now() / 1000 - (isLate ? 900 : 1);
    if (!isLate) entry('created');
    entry('started', { timestamp });
    entry(mission % 5 === 0 ? 'failed' : 'completed', { timestamp: timestamp + 0.5 });
    if (mission % 11 === 0) entry('cancelled');
    if (mission % 13 === 0) entry('started', { timestamp });
    if (isLate) entry('created');
  }
  return entries.slice(0, perRound);
};

/** The place in the fleet of whoever runs the job. */
const holderOf = async ({ redis }: Producer): Promise<number> => {
  const holder = await redis.commands.hget('job:{aggregate_mission_metrics}:fence', 'holder');
  return Number(/^worker-(\d+)-/.exec(holder ?? '')?.[1] ?? -1);
};

const start = (redisUrl: string, place: number): Promise<ChildWorker> =>
  startChildWorker(
    { redis: redisUrl },
    { SERVICE_INSTANCE: `worker-${place}`, AGGREGATION_INTERVAL_SECONDS: '0.05', LOG_LEVEL: 'info' },
  );

it('counts every entry once while workers are killed and frozen and Redis is restarted', async () => {
  const redis = await startRedis();
  const workers = new Map<number, ChildWorker>();
  try {
    await Promise.all(
      Array.from({ length: fleet }, async (_, place) => workers.set(place, await start(redis.url, place))),
    );
    await using producer = await connectProducer(redis.url);

    const anotherThan = (place: number) =>
      eventually(async () => (await holderOf(producer)) !== place, {
        describe: 'a takeover',
        withinMs: 30_000,
      });
    const holder = () =>
      eventually(async () => {
        const place = await holderOf(producer);
        return workers.has(place) && { place, worker: workers.get(place) as ChildWorker };
      });

    const kill = async () => {
      const { place, worker } = await holder();
      worker.child.kill('SIGKILL');
      await worker.child.exited;
      await anotherThan(place);
      workers.set(place, await start(redis.url, place));
    };
    const freeze = async () => {
      const { place, worker } = await holder();
      worker.child.kill('SIGSTOP');
      await anotherThan(place);
      worker.child.kill('SIGCONT');
    };
    const restartRedis = async () => {
      await redis.kill();
      await redis.start();
      await producer.redis.untilReady();
    };

    const faults = [kill, freeze, restartRedis, freeze, kill];
    const rounds = Math.ceil(entriesWanted / perRound);
    for (let round = 0; round < rounds; round += 1) {
      await producer.addAll(roundOf(round));
      // Right after the entries came, so that it strikes while they are being counted.
      const fault = faults[round - 1];
      if (fault !== undefined) await fault();
    }

    const entries = await producer.redis.commands.xrange(missionStreamKey, '-', '+');
    expect(entries).toHaveLength(rounds * perRound);
    const [anyone] = workers.values();
    const totals = await counted(anyone as ChildWorker, entries.length);
    const expected = countByHand(entries);
    expect(totals).toMatchObject(expected);
    expect(totals).toMatchObject({ entries_missed: 0, entries_rejected: 0, lost_connection: 0, other: 0 });
    expect(expected.completed).toBeGreaterThan(rounds * 1000);
  } finally {
    await Promise.all([...workers.values()].map((worker) => worker[Symbol.asyncDispose]()));
    await redis.stop();
  }
});
