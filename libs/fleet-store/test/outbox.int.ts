import { eventually, startRedis, type Server } from '@fleet/testing';

import { connectRedis, createOutbox, OutboxFullError, OutboxLeaseLostError } from '../src/index.ts';
import type { FleetRedis, NewOutboxEntry } from '../src/index.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

const entry = (id: string, more: Partial<NewOutboxEntry> = {}): NewOutboxEntry => ({
  id,
  subject: `charter.v1.telemetry.connection_closed.${id}`,
  bytes: Buffer.from(`{"id":"${id}","name":"Zürich"}`),
  expendable: false,
  at: Date.now(),
  attempted: false,
  ...more,
});

describe('the outbox in Redis', () => {
  let server: Server;
  let redis: FleetRedis;

  beforeAll(async () => {
    server = await startRedis();
    redis = connectRedis({ url: server.url, name: 'outbox-test', log: quiet });
    await redis.untilReady(AbortSignal.timeout(15_000));
  }, 60_000);
  afterEach(() => redis.commands.flushall());
  afterAll(async () => {
    await redis.stop();
    await server.stop();
  });

  it('gives back what was put in, oldest first', async () => {
    const outbox = createOutbox(redis);
    const at = Date.now() - 5_000;
    await outbox.append([entry('a', { at, attempted: true }), entry('b')]);
    await outbox.append([entry('c')]);

    const read = await outbox.read(10);
    expect(read.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(read[0]).toMatchObject({
      at,
      attemptedAt: at,
      subject: 'charter.v1.telemetry.connection_closed.a',
    });
    expect(read[1]?.attemptedAt).toBeNull();
    expect(text(read[2]?.bytes ?? Buffer.alloc(0))).toBe('{"id":"c","name":"Zürich"}');
    const depth = await outbox.depth();
    expect(depth.entries).toBe(3);
    expect(depth.oldestAgeMs).toBeGreaterThanOrEqual(5_000);
  });

  it('goes on behind an entry', async () => {
    const outbox = createOutbox(redis);
    await outbox.append(['a', 'b', 'c'].map((id) => entry(id)));
    const [first] = await outbox.read(1);
    const rest = await outbox.read(10, first?.key ?? '');
    expect(rest.map(({ id }) => id)).toEqual(['b', 'c']);
    await expect(outbox.read(10, rest[1]?.key ?? '')).resolves.toEqual([]);
  });

  it('is empty at first', async () => {
    const outbox = createOutbox(redis);
    await expect(outbox.depth()).resolves.toEqual({ entries: 0, oldestAgeMs: null });
    await expect(outbox.read(10)).resolves.toEqual([]);
  });

  it('is relayed by one holder at a time, and notes attempts until the entries are removed', async () => {
    const outbox = createOutbox(redis);
    await outbox.append([entry('a'), entry('b')]);
    const lease = await outbox.lease('one', 60_000);
    if (lease === null) throw new Error('expected the lease');
    await expect(outbox.lease('two', 60_000)).resolves.toBeNull();

    const keys = (await outbox.read(10)).map(({ key }) => key);
    await outbox.attempted(keys, lease);
    expect((await outbox.read(10)).every(({ attemptedAt }) => attemptedAt !== null)).toBe(true);
    await outbox.remove(keys, lease);
    await expect(outbox.read(10)).resolves.toEqual([]);
    await expect(redis.commands.hlen('{outbox}:attempts')).resolves.toBe(0);

    await lease.release();
    await expect(outbox.lease('two', 60_000)).resolves.toMatchObject({ token: lease.token + 1 });
  });

  it('refuses the writes of a holder whose lease has passed to another', async () => {
    const outbox = createOutbox(redis);
    await outbox.append([entry('a')]);
    const [stored] = await outbox.read(1);
    const stalled = await outbox.lease('stalled', 20);
    if (stalled === null || stored === undefined) throw new Error('expected a lease and an entry');
    await eventually(async () => (await outbox.lease('next', 60_000)) !== null);

    await expect(stalled.renew()).resolves.toBe(false);
    await expect(outbox.attempted([stored.key], stalled)).rejects.toThrow(OutboxLeaseLostError);
    await expect(outbox.remove([stored.key], stalled)).rejects.toThrow(OutboxLeaseLostError);
    await expect(outbox.read(1)).resolves.toEqual([stored]);
    await stalled.release();
    await expect(outbox.lease('third', 60_000)).resolves.toBeNull();
  });

  it('leaves expendable events out when room is short, and takes nothing when it is full', async () => {
    const outbox = createOutbox(redis, { maxEntries: 8 });
    const expendable = Array.from({ length: 7 }, (_, i) => entry(`e${i}`, { expendable: true }));
    await expect(outbox.append(expendable)).resolves.toEqual({ leftOut: 1 });
    await expect(outbox.append([entry('a'), entry('x', { expendable: true }), entry('b')])).resolves.toEqual({
      leftOut: 1,
    });
    await expect(outbox.append([entry('c')])).rejects.toThrow(OutboxFullError);
    expect((await outbox.read(20)).map(({ id }) => id)).toEqual([
      'e0',
      'e1',
      'e2',
      'e3',
      'e4',
      'e5',
      'a',
      'b',
    ]);
  });

  it('keeps the events of families apart, and takes its own out of the one of all', async () => {
    const former = createOutbox(redis);
    const ids = Array.from({ length: 1_200 }, (_, index) => `event-${index}`);
    const subjectOf = (index: number) =>
      index % 2 === 0 ? 'charter.v1.metrics.aggregation_started.job' : 'charter.v1.telemetry.data_received.a';
    await former.append(
      ids.map((id, index) => entry(id, { subject: subjectOf(index), attempted: index % 4 === 1, at: index })),
    );
    const telemetry = createOutbox(redis, { family: 'telemetry' });
    const metrics = createOutbox(redis, { family: 'metrics' });
    expect((await telemetry.depth()).entries).toBe(600);
    expect((await former.depth()).entries).toBe(600);
    expect((await metrics.depth()).entries).toBe(600);
    expect((await former.depth()).entries).toBe(0);

    const read = await telemetry.read(1_000);
    expect(read.map(({ id }) => id)).toEqual(ids.filter((_, index) => index % 2 === 1));
    expect(read[0]).toMatchObject({ at: 1, attemptedAt: 1 });
    expect(read[1]).toMatchObject({ at: 3, attemptedAt: null });
    await expect(redis.commands.hlen('{outbox}:attempts')).resolves.toBe(0);
    // One may be relayed while the other is.
    expect(await telemetry.lease('a', 5_000)).not.toBeNull();
    expect(await metrics.lease('b', 5_000)).not.toBeNull();
    expect(await telemetry.lease('c', 5_000)).toBeNull();
  });
});
