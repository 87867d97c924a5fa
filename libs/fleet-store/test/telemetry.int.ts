import { startRedis, type Server } from '@fleet/testing';

import {
  connectRedis,
  GatheredReadings,
  keys,
  openSession,
  readHistory,
  readLatest,
  saveSessions,
  writeReadings,
  type FleetRedis,
  type Reading,
} from '../src/index.ts';

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

let server: Server;
let redis: FleetRedis;

beforeAll(async () => {
  server = await startRedis();
  redis = connectRedis({ url: server.url, name: 'telemetry-test', log: silent });
  await redis.untilReady(AbortSignal.timeout(20_000));
}, 60_000);

afterAll(async () => {
  await redis.stop();
  await server.stop();
});

const reading = (recordedAt: number, more: Partial<Reading> = {}): Reading => ({
  metrics: { value: recordedAt },
  recordedAt,
  receivedAt: 1000,
  ...more,
});

const limits = { maxSamples: 5, maxAgeSeconds: 100 };

const write = async (
  robotId: string,
  readings: Reading[],
  now = 1000,
  bounds: object = {},
): Promise<void> => {
  const [result] = await writeReadings(
    redis,
    [{ robotId, readings: GatheredReadings.of(readings) }],
    { ...limits, ...bounds },
    now,
  );
  if (result?.status !== 'fulfilled') throw new Error('expected the readings to be written');
};

const timesOf = async (robotId: string, range: object = {}): Promise<number[]> =>
  (await readHistory(redis, robotId, { limit: 100, ...range })).map((each) => each.recordedAt);

describe('readings in Redis', () => {
  it('keep everything that a sample said', async () => {
    const full = reading(990.123456, {
      seq: 7,
      attributes: { mode: 'auto', on: true, none: null },
      metrics: { a: null, b: 1.5 },
    });
    await write('full', [full]);
    expect(await readLatest(redis, 'full')).toEqual(full);
    expect(await readHistory(redis, 'full', { limit: 1 })).toEqual([full]);
  });

  it('know nothing of a robot that never sent any', async () => {
    expect(await readLatest(redis, 'nobody')).toBeUndefined();
    expect(await timesOf('nobody')).toEqual([]);
  });

  it('choose the latest by recording time, then by number, whatever comes last', async () => {
    await write('order', [reading(995, { seq: 2 })]);
    await write('order', [reading(994, { seq: 3 }), reading(993, { seq: 4 })]);
    expect(await readLatest(redis, 'order')).toMatchObject({ recordedAt: 995, seq: 2 });
    await write('order', [reading(995, { seq: 1 })]);
    expect(await readLatest(redis, 'order')).toMatchObject({ seq: 2 });
    await write('order', [reading(995, { seq: 3 }), reading(995, { seq: 2 })]);
    expect(await readLatest(redis, 'order')).toMatchObject({ seq: 3 });
  });

  it('are given newest first, within bounds that count themselves', async () => {
    await write('range', [reading(991), reading(993), reading(992)]);
    expect(await timesOf('range')).toEqual([993, 992, 991]);
    expect(await timesOf('range', { from: 992, to: 993 })).toEqual([993, 992]);
    expect(await timesOf('range', { limit: 1 })).toEqual([993]);
  });

  it('are the same when they are written twice', async () => {
    await write('twice', [reading(991), reading(992)]);
    await write('twice', [reading(992), reading(991)]);
    expect(await timesOf('twice')).toEqual([992, 991]);
  });

  it('lose the oldest beyond the number, the age and the size that are kept', async () => {
    await write(
      'many',
      Array.from({ length: 8 }, (_, index) => reading(990 + index)),
    );
    expect(await timesOf('many')).toEqual([997, 996, 995, 994, 993]);
    await write('many', [reading(1094.5)], 1094.5);
    expect(await timesOf('many')).toEqual([1094.5, 997, 996, 995]);
    const large = { attributes: { note: 'x'.repeat(1000) } };
    await write(
      'large',
      [1, 2, 3].map((at) => reading(990 + at, large)),
      1000,
      { maxBytes: 3500 },
    );
    expect(await timesOf('large')).toHaveLength(3);
    await write('large', [reading(999, large)], 1000, { maxBytes: 3500 });
    expect((await timesOf('large')).length).toBeLessThan(4);
  });

  it('that come twice count once in the size that is kept', async () => {
    const large = (at: number): Reading => reading(at, { attributes: { note: 'x'.repeat(1000) } });
    const bounds = { maxBytes: 5000 };
    await write('repeated', [large(991), large(991), large(992)], 1000, bounds);
    for (let again = 0; again < 5; again += 1)
      await write('repeated', [large(992), large(991), large(993)], 1000, bounds);
    await write('repeated', [large(994)], 1000, bounds);
    expect(await timesOf('repeated')).toEqual([994, 993, 992, 991]);
  });

  it('are kept when thousands are written in one step', async () => {
    const readings = Array.from({ length: 2500 }, (_, index) =>
      reading(900 + index / 100, { seq: index + 1 }),
    );
    await write('thousands', readings, 1000, { maxSamples: 3000 });
    expect(await readHistory(redis, 'thousands', { limit: 3000 })).toEqual(readings.toReversed());
  });

  it('of several robots are written at once', async () => {
    const results = await writeReadings(
      redis,
      ['a', 'b', 'c'].map((robotId) => ({ robotId, readings: GatheredReadings.of([reading(999)]) })),
      limits,
      1000,
    );
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    expect(await timesOf('b')).toEqual([999]);
  });
});

describe('session numbers in Redis', () => {
  const hold = (holder: string) => ({ robotId: 'r', session: 's', holder });
  const numbers = (last: number) => ({ last, missing: [[2, 3]] as [number, number][], lost: 0 });

  it('are saved by the connection that opened the session last, and by no other', async () => {
    expect(await openSession(redis, hold('one'), 60)).toEqual([]);
    expect(await saveSessions(redis, [{ ...hold('one'), numbers: numbers(7) }], 60)).toEqual(['saved']);
    expect(await openSession(redis, hold('two'), 60)).toEqual([numbers(7)]);
    expect(
      await saveSessions(
        redis,
        [
          { ...hold('one'), numbers: numbers(9) },
          { ...hold('two'), numbers: numbers(8) },
        ],
        60,
      ),
    ).toEqual(['taken_over', 'behind']);
  });

  it('of a holder that comes too late are laid beside for the one that has the session', async () => {
    await openSession(redis, hold('one'), 60);
    await openSession(redis, hold('two'), 60);
    expect(await saveSessions(redis, [{ ...hold('one'), numbers: numbers(9) }], 60)).toEqual(['taken_over']);
    expect(await saveSessions(redis, [{ ...hold('two'), numbers: numbers(8) }], 60)).toEqual(['behind']);
    const opened = await openSession(redis, hold('two'), 60);
    expect(opened.map(({ last }) => last).sort()).toEqual([8, 9]);
    expect(await saveSessions(redis, [{ ...hold('two'), numbers: numbers(9) }], 60)).toEqual(['saved']);
    expect(await openSession(redis, hold('two'), 60)).toEqual([numbers(9)]);
  });

  it('of a connection that is over do not make it the holder', async () => {
    const over = { ...hold('one'), numbers: numbers(7), isOver: true };
    expect(await saveSessions(redis, [over], 60)).toEqual(['taken_over']);
    expect(await saveSessions(redis, [{ ...hold('two'), numbers: numbers(5) }], 60)).toEqual(['behind']);
  });

  it('come back from the holder when Redis has lost them', async () => {
    await openSession(redis, hold('one'), 60);
    await redis.commands.flushall();
    expect(await saveSessions(redis, [{ ...hold('one'), numbers: numbers(7) }], 60)).toEqual(['saved']);
    expect(await openSession(redis, hold('two'), 60)).toEqual([numbers(7)]);
  });

  it('of many sessions are saved at once, but for one that cannot be', async () => {
    const many = Array.from({ length: 250 }, (_, index) => ({
      ...hold('one'),
      robotId: `robot_${index}`,
      numbers: numbers(index + 1),
    }));
    for (const each of many) await openSession(redis, each, 60);
    await redis.commands.set(keys.sequence('robot_120', 's'), 'not a hash');
    const outcomes = await saveSessions(redis, many, 60);
    expect(outcomes.map((outcome, index) => [index, outcome])).toEqual(
      many.map((_, index) => [index, index === 120 ? 'away' : 'saved']),
    );
    expect(await openSession(redis, { ...hold('two'), robotId: 'robot_249' }, 60)).toEqual([numbers(250)]);
  });

  it('say so when Redis does not answer', async () => {
    const away = connectRedis({ url: 'redis://127.0.0.1:1', name: 'away', log: silent });
    expect(await saveSessions(away, [{ ...hold('one'), numbers: numbers(7) }], 60)).toEqual(['away']);
    await expect(openSession(away, hold('one'), 60)).rejects.toThrow();
    await away.stop();
  });
});
