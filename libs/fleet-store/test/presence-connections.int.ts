import { startRedis, type Server } from '@fleet/testing';

import {
  applyConnectionChanges,
  connectionOwners,
  connectRedis,
  holdRegister,
  keys,
  lookUpConnections,
  openConnectionsOf,
  registerEpoch,
  releaseRegister,
  type ConnectionChange,
  type FleetRedis,
} from '../src/index.ts';

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

let server: Server;
let redis: FleetRedis;
let epoch: string;

beforeAll(async () => {
  server = await startRedis();
  redis = connectRedis({ url: server.url, name: 'register', log });
}, 60_000);

beforeEach(async () => {
  await redis.untilReady(AbortSignal.timeout(20_000));
  await redis.commands.flushall();
  epoch = await registerEpoch(redis);
});

afterAll(async () => {
  await redis.stop();
  await server.stop();
});

const established = (connectionId: string, processId = 'p1', storedAt = 1000): ConnectionChange => ({
  kind: 'established',
  storedAt,
  connection: { connectionId, robotId: `robot_${connectionId}`, processId, connectedAt: 1.25 },
});

const closed = (connectionId: string, storedAt = 2000): ConnectionChange => ({
  kind: 'closed',
  storedAt,
  connectionId,
});

const apply = async (...changes: ConnectionChange[]): Promise<void> => {
  for (const change of changes) {
    expect(await applyConnectionChanges(redis, epoch, [change])).not.toEqual(['failed']);
  }
};

const openOf = async (processId: string): Promise<string[]> => {
  const ids = new Set<string>();
  for await (const some of openConnectionsOf(redis, processId)) {
    for (const each of some) ids.add(each.connectionId);
  }
  return [...ids].sort();
};

const orders = <T>(items: readonly T[]): T[][] =>
  items.length < 2
    ? [[...items]]
    : items.flatMap((item, index) => orders(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));

it('ends the same in every order of openings and closings, repeated or not', async () => {
  const changes = [established('a'), closed('a'), established('b', 'p2'), established('a')];
  for (const order of orders(changes)) {
    await redis.commands.flushall();
    epoch = await registerEpoch(redis);
    await apply(...order, ...order);
    expect(await openOf('p1')).toEqual([]);
    expect(await openOf('p2')).toEqual(['b']);
    expect(await connectionOwners(redis)).toEqual(new Map([['p2', 1]]));
  }
});

it('says of each change whether its connection is open now', async () => {
  const change = (...changes: ConnectionChange[]) => applyConnectionChanges(redis, epoch, changes);
  expect(await change(established('a'), closed('b'), established('b'))).toEqual(['open', 'closed', 'closed']);
  expect(await change(established('a'), closed('a'))).toEqual(['open', 'closed']);
});

it('lists every open connection of one gateway process', async () => {
  const ids = Array.from({ length: 1200 }, (_, index) => `c${index}`);
  await applyConnectionChanges(
    redis,
    epoch,
    ids.map((id) => established(id)),
  );
  await apply(established('other', 'p2'));
  expect(await openOf('p1')).toEqual([...ids].sort());
  expect(await connectionOwners(redis)).toEqual(
    new Map([
      ['p1', 1200],
      ['p2', 1],
    ]),
  );
});

it('enters what can be entered beside one that cannot', async () => {
  await redis.commands.hset(keys.openConnections(), 'broken', 'no record');
  const changes = [established('a'), closed('broken'), established('b')];
  expect(await applyConnectionChanges(redis, epoch, changes)).toEqual(['open', 'failed', 'open']);
  expect(await connectionOwners(redis)).toEqual(new Map([['p1', 2]]));
});

it('leaves nothing behind of what cannot be entered', async () => {
  await apply(established('a', 'p2'));
  await redis.commands.hset(keys.connectionOwners(), { p1: 'no number', p2: 'no number' });
  const changes = [established('b', 'p1'), closed('a'), established('c', 'p3')];
  expect(await applyConnectionChanges(redis, epoch, changes)).toEqual(['failed', 'failed', 'open']);
  expect(await redis.commands.hkeys(keys.openConnections())).toEqual(['a', 'c']);
});

it('says of each connection whether it is open, closed or unknown', async () => {
  await apply(established('a'), established('b'), closed('b'));
  expect(await lookUpConnections(redis, ['a', 'b', 'c'])).toEqual(
    new Map([
      ['a', 'open'],
      ['b', 'closed'],
      ['c', 'unknown'],
    ]),
  );
});

it('forgets closings after an hour of the stream', async () => {
  const changes = [
    closed('a', 1000),
    closed('c', 3_601_001),
    closed('b', 1001),
    established('d', 'p1', 9e12),
  ];
  expect(await applyConnectionChanges(redis, epoch, changes)).toEqual(['closed', 'closed', 'closed', 'open']);
  expect(await lookUpConnections(redis, ['a', 'b'])).toEqual(
    new Map([
      ['a', 'unknown'],
      ['b', 'closed'],
    ]),
  );
});

it('keeps its epoch, and all callers agree on it', async () => {
  await redis.commands.flushall();
  const epochs = await Promise.all(Array.from({ length: 10 }, () => registerEpoch(redis)));
  expect(new Set(epochs).size).toBe(1);
});

it('begins a new epoch, empty, when Redis was flushed', async () => {
  await redis.commands.flushall();
  expect(await applyConnectionChanges(redis, epoch, [established('a')])).toBeUndefined();
  expect(await registerEpoch(redis)).not.toBe(epoch);
});

it('begins a new epoch, empty, when the server was killed and started', async () => {
  await apply(established('a'));
  await server.kill();
  await server.start();
  await redis.untilReady(AbortSignal.timeout(20_000));
  const next = await registerEpoch(redis);
  expect(next).not.toBe(epoch);
  expect(next).toMatch(/^\w+$/);
  expect(await connectionOwners(redis)).toEqual(new Map());
  expect(await applyConnectionChanges(redis, epoch, [established('a')])).toBeUndefined();
}, 60_000);

it('lets one process at a time close for others', async () => {
  expect(await holdRegister(redis, 'p1', 60_000)).toBe(true);
  expect(await holdRegister(redis, 'p1', 60_000)).toBe(true);
  expect(await holdRegister(redis, 'p2', 60_000)).toBe(false);
  await releaseRegister(redis, 'p2');
  expect(await holdRegister(redis, 'p2', 60_000)).toBe(false);
  await releaseRegister(redis, 'p1');
  expect(await holdRegister(redis, 'p2', 60_000)).toBe(true);
});
