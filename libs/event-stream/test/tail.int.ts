import { eventually, startNats, type Server } from '@fleet/testing';

import type { EventStream, TailOptions, Tailed } from '../src/index.ts';
import { administer } from './support/administer.ts';
import { publishRaw } from './support/open-durable.ts';
import { openStream, type OpenStream } from './support/open-stream.ts';
import { established, sample } from './support/sample.ts';

const type = 'telemetry.connection_established';

/** Reads along until it is told to end. */
const follow = (stream: EventStream, options: Omit<TailOptions, 'signal'>) => {
  const ending = new AbortController();
  const read: Tailed[] = [];
  const ended = (async () => {
    for await (const each of stream.tail({ ...options, signal: ending.signal })) read.push(each);
  })();
  return {
    read,
    end: () => {
      ending.abort();
      return ended;
    },
  };
};

/** Waits until a tail has begun at a stream's end: it has made its consumer. */
const began = (server: Server, consumers: number) =>
  eventually(async () => {
    const { state } = await administer(server, (manager) => manager.streams.info('CHARTER_EVENTS'));
    return state.consumer_count >= consumers;
  });

describe('tail', () => {
  let server: Server;
  let open: OpenStream;

  beforeEach(async () => {
    server = await startNats();
    open = openStream(server);
    for (let n = 1; n <= 3; n += 1) await open.stream.publish(type, established('early', n));
  });

  afterEach(async () => {
    await open[Symbol.asyncDispose]();
    await server.stop();
  });

  it('reads from the beginning in order, ends on its signal and leaves nothing on the server', async () => {
    const tail = follow(open.stream, { from: 'beginning' });
    await eventually(() => tail.read.length === 3);
    for (let n = 4; n <= 700; n += 1) open.stream.emit(type, established('early', n));
    await open.stream.publish('telemetry.data_received', sample('early', 1));
    await eventually(() => tail.read.length === 701);
    await tail.end();
    const events = tail.read.filter(({ stream }) => stream === 'CHARTER_EVENTS');
    expect(events.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 700 }, (_, index) => index + 1),
    );
    expect(tail.read.find(({ stream }) => stream === 'CHARTER_TELEMETRY')?.event?.payload).toMatchObject({
      seq: 1,
    });
    await eventually(async () => {
      const { state } = await administer(server, (manager) => manager.streams.info('CHARTER_EVENTS'));
      return state.consumer_count === 0;
    });
  });

  it('reads from now on only what comes, and says of what is no event why', async () => {
    const tail = follow(open.stream, { from: 'now', filters: ['charter.v1.*.*.late'] });
    await began(server, 1);
    await publishRaw(server, [{ subject: `charter.v1.${type}.late`, body: 'nonsense' }]);
    await open.stream.publish(type, established('other', 1));
    await open.stream.publish(type, established('late', 2));
    await eventually(() => tail.read.length === 2);
    await tail.end();
    expect(tail.read.map(({ event, error }) => error?.failure ?? event?.type)).toEqual(['not_json', type]);
    expect(Buffer.from(tail.read[0]?.bytes ?? []).toString()).toBe('nonsense');
  });

  it('reads from a time on', async () => {
    const storedAt = async (seq: number): Promise<Date> => {
      const stored = await administer(server, (manager) =>
        manager.streams.getMessage('CHARTER_EVENTS', { seq }),
      );
      return stored?.time ?? new Date(0);
    };
    // Dates count milliseconds: the next event gets one of its own.
    const before = (await storedAt(3)).getTime();
    await eventually(() => Date.now() > before + 2);
    const { sequence } = await open.stream.publish(type, established('early', 4));
    const tail = follow(open.stream, { from: await storedAt(sequence) });
    await eventually(() => tail.read.length > 0);
    await tail.end();
    expect(tail.read.map((each) => each.sequence)).toEqual([4]);
  });

  it('misses and repeats nothing when its consumer is deleted and when the server is killed', async () => {
    const tail = follow(open.stream, { from: 'beginning' });
    await eventually(() => tail.read.length === 3);
    await administer(server, async (manager) => {
      for await (const { name } of manager.consumers.list('CHARTER_EVENTS')) {
        await manager.consumers.delete('CHARTER_EVENTS', name);
      }
    });
    for (let n = 4; n <= 300; n += 1) open.stream.emit(type, established('early', n));
    await eventually(() => tail.read.length >= 300);
    await server.kill();
    await server.start();
    for (let n = 301; n <= 600; n += 1) open.stream.emit(type, established('early', n));
    await eventually(() => tail.read.length >= 600);
    await tail.end();
    expect(tail.read.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 600 }, (_, index) => index + 1),
    );
  }, 90_000);

  it('takes no more than it can hold while its reader is slow', async () => {
    for (let n = 4; n <= 3_000; n += 1) open.stream.emit(type, established('early', n));
    await eventually(() => open.stream.status().pending === 0);
    const ending = new AbortController();
    const reading = open.stream.tail({ from: 'beginning', signal: ending.signal })[Symbol.asyncIterator]();
    await reading.next();
    const delivered = async () =>
      administer(server, async (manager) => {
        for await (const { delivered } of manager.consumers.list('CHARTER_EVENTS'))
          return delivered.consumer_seq;
        return 0;
      });
    let before = -1;
    // Until two looks in a row find the same.
    const reached = await eventually(async () => {
      const now = await delivered();
      const settled = now === before && now > 0;
      before = now;
      return settled && now;
    });
    expect(reached).toBeLessThan(1_500);
    ending.abort();
    expect(await reading.next()).toEqual({ done: true, value: undefined });
  }, 60_000);

  it('looks up one event: the newest of an entity, or the first from a sequence on', async () => {
    const numbered = async (seq: number) =>
      (await open.stream.publish('telemetry.data_received', sample(seq % 2 ? 'odd' : 'even', seq))).sequence;
    const sequences = [await numbered(1), await numbered(2), await numbered(3), await numbered(4)];
    const seqOf = async (robotId: string, from: number | 'newest') => {
      const found = await open.stream.lookUp('telemetry.data_received', robotId, from);
      expect(found?.error).toBeUndefined();
      return found?.event?.type === 'telemetry.data_received' ? found.event.payload.seq : undefined;
    };
    expect(await seqOf('odd', 'newest')).toBe(3);
    expect(await seqOf('even', 1)).toBe(2);
    expect(await seqOf('even', (sequences[1] ?? 0) + 1)).toBe(4);
    expect(await seqOf('odd', (sequences[2] ?? 0) + 1)).toBeUndefined();
    expect(await seqOf('nobody', 'newest')).toBeUndefined();
  });

  it('ends when the event stream is closed, and refuses filters that match nothing', async () => {
    const tail = follow(open.stream, { from: 'now' });
    await began(server, 1);
    const wrong = open.stream.tail({
      from: 'now',
      filters: ['orders.>'],
      signal: new AbortController().signal,
    });
    await expect(wrong[Symbol.asyncIterator]().next()).rejects.toThrow(RangeError);
    await open.stream.close(2_000);
    await tail.end();
    expect(tail.read).toEqual([]);
  });

  it('leaves nothing behind in the process when the event stream is closed before it ends', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    await using closed = openStream(server);
    const { read } = follow(closed.stream, { from: 'beginning' });
    await eventually(() => read.length === 3);
    await closed.stream.close(1_000);
    await eventually(() => timers() <= before, { withinMs: 3_000 });
  });
});
