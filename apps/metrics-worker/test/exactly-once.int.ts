import { createMissionWindows } from '@fleet/fleet-store';
import { startRedis, type Server } from '@fleet/testing';
import fc from 'fast-check';

import { counted, report } from './counted-fixture.ts';
import { startFleet, type Fleet } from './fleet-fixture.ts';
import { connectProducer, missionStreamKey, type Producer } from './missions-fixture.ts';
import { readStream } from './read-stream.ts';
import { countByHand } from './reference-model.ts';

jest.setTimeout(300_000);

type Fields = Record<string, string | number>;

const entriesWanted = Number(process.env['EXACTLY_ONCE_ENTRIES'] ?? 300_000);
const perRound = 5000;

/** Overlapping missions with ends that contradict each other, repeated entries and late ones. */
const roundOf = (round: number): Fields[] => {
  const entries: Fields[] = [];
  const now = Date.now() / 1000;
  for (let index = 0; entries.length < perRound; index += 1) {
    const mission = round * 2000 + index;
    const entry = (kind: string, more = {}) =>
      entries.push({ event_type: `mission.${kind}`, mission_id: `m${mission}`, ...more });
    const isLate = mission % 7 === 0;
    const timestamp = now - (isLate ? 900 : 1);
    if (!isLate) entry('created');
    entry('started', { timestamp });
    entry(mission % 5 === 0 ? 'failed' : 'completed', { timestamp: timestamp + 0.5 });
    if (mission % 11 === 0) entry('cancelled');
    if (mission % 13 === 0) entry('started', { timestamp });
    if (isLate) entry('created');
  }
  return entries.slice(0, perRound);
};

/** What may happen to a mission, in any order, again and at coinciding times. */
const histories = fc.array(
  fc.record({
    kind: fc.constantFrom('created', 'started', 'completed', 'failed', 'cancelled', 'retried', 'paused'),
    second: fc.nat(400).map((step) => step * 5),
    isJson: fc.boolean(),
    times: fc.constantFrom(1, 1, 2),
    order: fc.nat(1_000_000),
  }),
  { maxLength: 12 },
);

const roundsOfHistories = (missions: number): Fields[][] => {
  const begin = Math.floor(Date.now() / 1000) - 7200;
  const entries = fc
    .sample(histories, missions)
    .flatMap((history, index) =>
      history.flatMap(({ kind, second, isJson, times, order }) => {
        const [mission_id, timestamp] = [`h${index}`, begin + second];
        const fields: Fields = isJson
          ? { data: JSON.stringify({ status: kind, mission_id, timestamp }) }
          : { event_type: `mission.${kind}`, mission_id, timestamp };
        return Array.from({ length: times }, (_, time) => ({ fields, order: order + time * 300_000 }));
      }),
    )
    .sort((a, b) => a.order - b.order)
    .map(({ fields }) => fields);
  const size = Math.ceil(entries.length / 30);
  return Array.from({ length: 30 }, (_, round) => entries.slice(round * size, (round + 1) * size));
};

let redis: Server;
let producer: Producer;
let fleet: Fleet;

beforeAll(async () => {
  redis = await startRedis();
  producer = await connectProducer(redis.url);
  fleet = await startFleet(3, redis.url, producer);
}, 120_000);

afterAll(async () => {
  await fleet[Symbol.asyncDispose]();
  await producer[Symbol.asyncDispose]();
  await redis.stop();
});

beforeEach(() => producer.redis.commands.flushall());

const restartRedis = async (): Promise<void> => {
  await redis.kill();
  await redis.start();
  await producer.redis.untilReady();
};

/** A round that fails was written in part or not at all, and comes again: what counts is what the stream holds. */
const write = async (rounds: readonly (() => Fields[])[]): Promise<void> => {
  for (const round of rounds) {
    const entries = round();
    while (
      !(await producer.addAll(entries).then(
        () => true,
        () => false,
      ))
    )
      await producer.redis.untilReady();
  }
};

/** Writes the rounds while one fault after the other strikes, each somewhere within its share of them. */
const writeUnder = async (
  faults: readonly (() => Promise<void>)[],
  rounds: readonly (() => Fields[])[],
): Promise<void> => {
  const share = Math.floor(rounds.length / faults.length);
  const moments = fc.sample(fc.integer({ min: 1, max: share - 1 }), faults.length);
  for (const [index, fault] of faults.entries()) {
    const own = rounds.slice(index * share, index === faults.length - 1 ? undefined : (index + 1) * share);
    await write(own.slice(0, moments[index]));
    await Promise.all([fault(), write(own.slice(moments[index]))]);
  }
};

const shuffled = (faults: readonly (() => Promise<void>)[]) =>
  fc.sample(fc.shuffledSubarray([...faults], { minLength: faults.length }), 1)[0] ?? [];

it('counts every entry once while workers are killed and frozen and Redis is restarted', async () => {
  const { kill, freeze } = fleet;
  const rounds = Array.from(
    { length: Math.ceil(entriesWanted / perRound) },
    (_, round) => () => roundOf(round),
  );
  await writeUnder(shuffled([kill, freeze, restartRedis, kill, freeze, restartRedis, kill]), rounds);

  // A Redis that dies may take the last two seconds with it, of the stream and of the counts alike.
  for (let round = rounds.length; (await producer.redis.commands.xlen(missionStreamKey)) < entriesWanted;) {
    await write([() => roundOf((round += 1))]);
  }

  const entries = await readStream(producer.redis);
  const { totals, inFlight } = countByHand(entries);
  expect(await counted(fleet.anyone(), entries.length)).toMatchObject({
    ...totals,
    entries_missed: 0,
    entries_rejected: 0,
    lost_connection: 0,
  });
  expect((await report(fleet.anyone())).in_flight).toBe(inFlight);
  expect(totals.completed).toBeGreaterThan(entriesWanted / 5);
});

it('counts missions of every possible history as a plain model does, minute by minute', async () => {
  const { kill, freeze } = fleet;
  const rounds = roundsOfHistories(4000);
  await writeUnder(
    shuffled([kill, freeze, restartRedis]),
    rounds.map((round) => () => round),
  );

  const entries = await readStream(producer.redis);
  const { totals, inFlight, minutes } = countByHand(entries);
  expect(await counted(fleet.anyone(), entries.length)).toMatchObject(totals);
  expect((await report(fleet.anyone())).in_flight).toBe(inFlight);
  expect(totals.retried).toBeGreaterThan(1000);

  const starts = [...minutes.keys()];
  const windows = createMissionWindows(producer.redis);
  const buckets = await windows.counts(starts.map((start) => ({ size: 'minute', start })));
  const found = buckets.map((counts) =>
    Object.fromEntries([...counts].filter(([name]) => Object.hasOwn(totals, name))),
  );
  expect(found).toEqual([...minutes.values()]);
});
