import * as fc from 'fast-check';

import { startRedis, type Server } from '@fleet/testing';

import { connectRedis, createHandledEvents, type FleetRedis, type HandledEvent } from '../src/index.ts';

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

const event = (sequence: number, more: Partial<HandledEvent> = {}): HandledEvent => ({
  stream: 'CHARTER_EVENTS',
  streamCreatedAt: 1703001200000,
  sequence,
  id: crypto.randomUUID(),
  ...more,
});

describe('the store of handled events', () => {
  let server: Server;
  let redis: FleetRedis;
  let durables = 0;
  let durable = '';

  beforeAll(async () => {
    server = await startRedis();
    redis = connectRedis({ url: server.url, name: 'handled', log });
    await redis.untilReady(AbortSignal.timeout(20_000));
  }, 60_000);

  beforeEach(() => {
    durables += 1;
    durable = `durable_${durables}`;
  });

  afterAll(async () => {
    await redis.stop();
    await server.stop();
  });

  it('knows an event by its place in the stream, whatever its id', async () => {
    const store = createHandledEvents(redis);
    await store.remember(durable, event(17));
    expect(await store.seen(durable, event(17))).toBe(true);
    expect(await store.seen(durable, event(16))).toBe(false);
    expect(await store.seen(durable, event(17, { stream: 'CHARTER_TELEMETRY' }))).toBe(false);
    expect(await store.seen('another', event(17))).toBe(false);
  });

  it('does not take a stream that was made anew for the old one', async () => {
    const store = createHandledEvents(redis);
    await store.remember(durable, event(17));
    expect(await store.seen(durable, event(17, { streamCreatedAt: 1703009999000 }))).toBe(false);
  });

  it('knows an event by its id where it was stored twice, however the id is written', async () => {
    const store = createHandledEvents(redis);
    const first = event(3);
    await store.remember(durable, first);
    expect(await store.seen(durable, event(9_000, { id: first.id }))).toBe(true);
    expect(await store.seen(durable, event(9_000, { id: first.id.toUpperCase() }))).toBe(true);
  });

  it('has seen exactly what it was told to remember', async () => {
    const store = createHandledEvents(redis);
    const sequences = fc.uniqueArray(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 20 });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(sequences, sequences, async (told, asked) => {
        run += 1;
        const name = `${durable}_${run}`;
        await Promise.all(told.map((sequence) => store.remember(name, event(sequence))));
        const seen = await Promise.all(asked.map((sequence) => store.seen(name, event(sequence))));
        expect(seen).toEqual(asked.map((sequence) => told.includes(sequence)));
      }),
      { numRuns: 30 },
    );
  });

  it('keeps the newest ids, and everything for a time only', async () => {
    const store = createHandledEvents(redis, { ids: 10, ttlSeconds: 100 });
    const events = Array.from({ length: 35 }, (_, n) => event(n + 1));
    for (const each of events) await store.remember(durable, each);
    const elsewhere = (each: HandledEvent | undefined) =>
      store.seen(durable, event(99_999, { id: each?.id ?? '' }));
    expect(await elsewhere(events.at(-1))).toBe(true);
    expect(await elsewhere(events.at(-10))).toBe(true);
    expect(await elsewhere(events.at(0))).toBe(false);
    const found = await redis.commands.keys(`handled:{${durable}}:*`);
    expect(found).toHaveLength(3);
    for (const key of found) {
      const ttl = await redis.commands.ttl(key);
      expect(ttl).toBeGreaterThan(0);
      expect(ttl).toBeLessThanOrEqual(100);
    }
  });

  it('takes a bit a place and some sixty bytes an id', async () => {
    const store = createHandledEvents(redis);
    for (let n = 0; n < 8_192; n += 512) {
      await Promise.all(Array.from({ length: 512 }, (_, m) => store.remember(durable, event(n + m))));
    }
    const [places = '', ids = ''] = (await redis.commands.keys(`handled:{${durable}}:*`)).sort();
    const bytes = async (key: string) => Number(await redis.commands.memory('USAGE', key, 'SAMPLES', 0));
    expect(await bytes(places)).toBeLessThan(4_096);
    expect((await bytes(ids)) / 8_192).toBeLessThan(90);
  }, 60_000);

  it('rejects while Redis is away', async () => {
    const away = connectRedis({ url: 'redis://127.0.0.1:1', name: 'away', log });
    const store = createHandledEvents(away);
    await expect(store.seen(durable, event(1))).rejects.toThrow();
    await expect(store.remember(durable, event(1))).rejects.toThrow();
    await away.stop();
  });
});
