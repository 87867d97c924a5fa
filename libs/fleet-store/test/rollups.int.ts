import { startRedis, type Server } from '@fleet/testing';

import { rollupShard } from '../src/rollups/rollup-shard.ts';
import { connectRedis, createRollupStore, type FleetRedis, type RollupSample } from '../src/index.ts';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const now = Date.now();
const minute = Math.floor(now / 60_000) * 60;

let server: Server;
let redis: FleetRedis;

beforeAll(async () => {
  server = await startRedis();
  redis = connectRedis({ url: server.url, name: 'test', log: quiet });
  await redis.untilReady();
}, 120_000);

afterAll(async () => {
  await redis.stop();
  await server.stop();
});

beforeEach(() => redis.commands.flushall());

const sample = (sequence: number, value: number, more: Partial<RollupSample> = {}): RollupSample => ({
  robotId: 'r1',
  sequence,
  storedAtMs: now,
  atMs: minute * 1000 + sequence,
  readings: [['load', value]],
  ...more,
});

describe('the rollup store', () => {
  const bucket = { robotId: 'r1', size: 'minute' as const, start: minute };

  it('adds a sample once, however often it comes', async () => {
    const store = createRollupStore(redis);
    expect(await store.add([sample(1, 0.1), sample(2, 0.2)], now)).toBe(2);
    expect(await store.add([sample(2, 0.2), sample(3, -5.5)], now)).toBe(1);
    const [load] = await store.read('load', [bucket]);
    expect(load).toEqual({
      min: -5.5,
      max: 0.2,
      sum: 0.1 + 0.2 - 5.5,
      count: 3,
      last: -5.5,
      lastAtMs: minute * 1000 + 3,
    });
    expect(await store.robotsSince(minute, 10)).toEqual(['r1']);
  });

  it('tells a stream that was made anew from the one before', async () => {
    const store = createRollupStore(redis);
    await store.add([sample(1, 1)], now);
    expect(await store.add([sample(1, 1, { storedAtMs: now + 3_600_000 })], now)).toBe(1);
  });

  it('adds nothing to buckets whose time is over', async () => {
    const store = createRollupStore(redis);
    const old = minute - 2 * 86_400;
    expect(await store.add([sample(1, 1, { atMs: old * 1000 })], now)).toBe(1);
    const hour = old - (old % 3600);
    const found = await store.read('load', [
      { robotId: 'r1', size: 'minute', start: old },
      { robotId: 'r1', size: 'hour', start: hour },
    ]);
    expect(found[0]).toBeUndefined();
    expect(found[1]).toMatchObject({ count: 1 });
  });

  it('keeps at most 128 metrics of a robot', async () => {
    const store = createRollupStore(redis);
    const readings = Array.from({ length: 128 }, (_, index): [string, number] => [`m${index}`, index]);
    await store.add([sample(1, 0, { readings }), sample(2, 0, { readings: [['one_more', 1]] })], now);
    expect(await store.read('m127', [bucket])).toMatchObject([{ count: 1 }]);
    expect(await store.read('one_more', [bucket])).toEqual([undefined]);
  });

  it('forgets a robot of which nothing is left', async () => {
    const store = createRollupStore(redis);
    await store.add([sample(1, 5)], now);
    const later = now + 32 * 86_400_000;
    await store.add([sample(2, 5, { robotId: 'r1', atMs: later })], later);
    expect(await store.robotsSince(0, 10)).toEqual(['r1']);
    const muchLater = later + 32 * 86_400_000;
    // One of the same shard, for each shard looks after its own.
    await store.add([sample(3, 5, { robotId: sameShardAs('r1'), atMs: muchLater })], muchLater);
    expect(await store.robotsSince(0, 10)).toEqual([sameShardAs('r1')]);
  });
});

const sameShardAs = (robotId: string): string => {
  const found = Array.from({ length: 100 }, (_, index) => `other_${index}`).find(
    (other) => rollupShard(other) === rollupShard(robotId),
  );
  return found ?? '';
};
