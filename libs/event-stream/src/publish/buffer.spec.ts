import { Buffer } from './buffer.ts';
import { Lane } from './lane.ts';
import { MessageStore } from './message-store.ts';
import type { Message } from './message.ts';

const createBuffer = (messages: number, bytes = 1_000_000) => {
  const store = new MessageStore();
  const dropped: string[] = [];
  const lane: Lane = new Lane({
    stream: 'S',
    window: { messages: 2, bytes: 1_000_000 },
    ackTimeoutMs: 1_000,
    onStored: () => undefined,
    onRefused: () => undefined,
    onSetback: () => undefined,
    mend: () => Promise.resolve(undefined),
    onRoom: () => buffer.roomChanged(),
  });
  const buffer = new Buffer(
    lane,
    { buffer: { messages, bytes }, waiting: { messages: 2, bytes } },
    ({ subject }) => dropped.push(subject),
  );
  const make = (subject: string, delivery: Message['delivery'] = 'durable', waited = false) =>
    store.create({
      subject,
      id: subject,
      text: '{}',
      delivery,
      at: 0,
      waiter: waited ? { stored: () => undefined, failed: () => undefined } : undefined,
    });
  const held = () => [...lane.held].map(({ subject }) => subject);
  return { lane, buffer, make, dropped, held };
};

describe('a buffer without room', () => {
  it('gives up the oldest of what is worth least', () => {
    const { buffer, make, dropped, held } = createBuffer(4);
    buffer.offer(make('d1'));
    buffer.offer(make('e1', 'expendable'));
    buffer.offer(make('d2'));
    buffer.offer(make('e2', 'expendable'));
    for (const name of ['d3', 'd4', 'd5']) buffer.offer(make(name));
    expect(dropped).toEqual(['e1', 'e2', 'd1']);
    expect(held()).toEqual(['d2', 'd3', 'd4', 'd5']);
  });

  it('gives up nothing that somebody waits for or that is on the wire', () => {
    const { lane, buffer, make, dropped, held } = createBuffer(3);
    buffer.offer(make('sent', 'expendable'));
    lane.up({ put: () => undefined, flush: () => undefined });
    lane.down();
    buffer.admit(make('waited', 'acknowledged', true));
    lane.up({ put: () => undefined, flush: () => undefined });
    buffer.offer(make('waiting', 'expendable'));
    buffer.offer(make('new'));
    expect(dropped).toEqual(['waiting']);
    expect(held()).toEqual(['sent', 'waited', 'new']);
    buffer.offer(make('newer', 'expendable'));
    expect(dropped).toEqual(['waiting', 'new']);
  });

  it('is bounded by bytes too', () => {
    const { lane, buffer, make } = createBuffer(1_000, 2_000);
    for (let i = 0; i < 100; i += 1) buffer.offer(make(`d${i}`));
    expect(lane.held.weight).toBeLessThanOrEqual(2_300);
    expect(lane.held.size).toBeGreaterThan(3);
  });

  it('lets those who wait for room in by the order of their calls', async () => {
    const { lane, buffer, make, held } = createBuffer(2);
    const first = make('a', 'acknowledged', true);
    buffer.admit(first);
    for (const name of ['b', 'c', 'd']) buffer.admit(make(name, 'acknowledged', true));
    const room = buffer.whenRoom().then(() => 'room');
    expect(held()).toEqual(['a', 'b']);
    expect(buffer.inLine.size).toBe(2);
    expect(buffer.admit(make('e', 'acknowledged', true))).toBe(false);
    lane.take(first);
    expect(held()).toEqual(['b', 'c']);
    for (const message of [...lane.held]) lane.take(message);
    expect(held()).toEqual(['d']);
    await expect(room).resolves.toBe('room');
  });

  it('lets nothing that is emitted overtake those in line', () => {
    const { buffer, make, dropped, held } = createBuffer(2);
    buffer.offer(make('a', 'acknowledged'));
    buffer.offer(make('b', 'acknowledged'));
    for (const name of ['c', 'd']) buffer.admit(make(name, 'acknowledged', true));
    buffer.offer(make('e'));
    expect(held()).toEqual(['b', 'c']);
    expect(dropped).toEqual(['a', 'e']);
  });

  it('lets go of who gives up waiting', async () => {
    const { buffer, make } = createBuffer(1);
    buffer.admit(make('a', 'acknowledged', true));
    const waiting = make('b', 'acknowledged', true);
    buffer.admit(waiting);
    const abort = new AbortController();
    const room = buffer.whenRoom(abort.signal);
    expect(buffer.leaveLine(waiting)).toBe(true);
    expect(buffer.leaveLine(waiting)).toBe(false);
    abort.abort(new Error('enough'));
    await expect(room).rejects.toThrow('enough');
  });
});
