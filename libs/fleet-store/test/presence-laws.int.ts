import { startRedis, type Server } from '@fleet/testing';
import fc from 'fast-check';

import {
  applyConnectionChanges,
  claimPresence,
  connectionOwners,
  connectRedis,
  endPresence,
  lookUpConnections,
  readPresence,
  registerEpoch,
  type ConnectionChange,
  type FleetRedis,
} from '../src/index.ts';

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

let server: Server;
let redis: FleetRedis;
let runs = 0;

beforeAll(async () => {
  server = await startRedis({ appendOnly: false });
  redis = connectRedis({ url: server.url, name: 'laws', log });
  await redis.untilReady(AbortSignal.timeout(20_000));
}, 60_000);

afterAll(async () => {
  await redis.stop();
  await server.stop();
});

const change = fc.record({ kind: fc.constantFrom('established', 'closed'), number: fc.nat({ max: 4 }) });

it('a connection is open exactly if it was established and never closed, in any order and with repeats', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { maxLength: 30 }),
      fc.integer({ min: 1, max: 30 }),
      async (changes, atOnce) => {
        await redis.commands.flushall();
        const epoch = await registerEpoch(redis);
        const idOf = (number: number) => `c${number}`;
        const applied = changes.map(({ kind, number }): ConnectionChange => {
          const connectionId = idOf(number);
          const connection = { connectionId, robotId: 'r', processId: `p${number % 2}`, connectedAt: 1 };
          return kind === 'closed'
            ? { kind, storedAt: 1000, connectionId }
            : { kind: 'established', storedAt: 1000, connection };
        });
        for (let from = 0; from < applied.length; from += atOnce) {
          await applyConnectionChanges(redis, epoch, applied.slice(from, from + atOnce));
        }
        const has = (kind: string, number: number) =>
          changes.some((each) => each.kind === kind && each.number === number);
        const open = [0, 1, 2, 3, 4].filter((number) => has('established', number) && !has('closed', number));
        const states = await lookUpConnections(redis, [0, 1, 2, 3, 4].map(idOf));
        expect([...states].filter(([, state]) => state === 'open').map(([id]) => id)).toEqual(open.map(idOf));
        const counted = [...(await connectionOwners(redis)).values()].reduce((sum, count) => sum + count, 0);
        expect(counted).toBe(open.length);
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);

it('the newest of the connections holds the robot, whatever the order and repetition of their claims', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 20 }),
      async (numbers) => {
        const robotId = `newest_${++runs}`;
        for (const number of numbers) await claim(robotId, number);
        const [record] = await readPresence(redis, [robotId]);
        expect(record).toMatchObject({ connectionId: `c${Math.max(...numbers)}` });
        expect(record?.ended).toBeUndefined();
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);

it('the end of a connection never ends a newer one', async () => {
  const step = fc.record({ act: fc.constantFrom('claim', 'end'), number: fc.integer({ min: 1, max: 5 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 20 }), async (steps) => {
      const robotId = `ends_${++runs}`;
      // The newest opens first and is never ended: nothing that older ones do may hide it.
      await claim(robotId, 6);
      for (const { act, number } of steps) {
        if (act === 'claim') await claim(robotId, number);
        else {
          expect(await end(robotId, number)).toEqual([{ isNoted: false }]);
        }
      }
      const [record] = await readPresence(redis, [robotId]);
      expect(record).toMatchObject({ connectionId: 'c6' });
      expect(record?.ended).toBeUndefined();
    }),
    { numRuns: 60 },
  );
}, 60_000);

it('once all have ended the newest is known, in whatever order the stream says so and however often', async () => {
  const step = fc.record({ act: fc.constantFrom('open', 'end'), number: fc.integer({ min: 1, max: 6 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 20 }), async (steps) => {
      const robotId = `all_ended_${++runs}`;
      for (const { act, number } of steps) {
        if (act === 'open') await claim(robotId, number, true);
        else await end(robotId, number);
      }
      for (const { number } of steps) await end(robotId, number);
      const newest = Math.max(...steps.map(({ number }) => number));
      const [record] = await readPresence(redis, [robotId]);
      expect(record).toMatchObject({ connectionId: `c${newest}`, ended: { at: newest + 9 } });
    }),
    { numRuns: 60 },
  );
}, 60_000);

const end = (robotId: string, number: number) =>
  endPresence(redis, [
    {
      ...{ robotId, connectionId: `c${number}`, connectedAt: number },
      ...{ reason: 'connection_lost', endedAt: number + 9 },
    },
  ]);

const claim = (robotId: string, number: number, isHearsay = false) =>
  claimPresence(
    redis,
    [
      {
        ...{ robotId, connectionId: `c${number}`, processId: 'p', instance: 'i' },
        ...{ connectedAt: number, lastSeenAt: number },
      },
    ],
    { takeoverLimit: 15, graceMs: 0, isHearsay },
  );
