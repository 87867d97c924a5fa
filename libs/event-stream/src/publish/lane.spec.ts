import fc from 'fast-check';

import type { StoredEvent } from '../event-stream.ts';
import { Lane, type Send } from './lane.ts';
import { MessageStore } from './message-store.ts';
import type { Message } from './message.ts';
import { maxRefusals, noResponders, refusalOf, unanswered, type Refusal } from './refusal.ts';

const at = (sequence: number): StoredEvent => ({ stream: 'S', sequence, duplicate: false });
const storeFailed = refusalOf({ code: 503, errCode: 10023, description: 'insufficient resources' });
const tooLarge = refusalOf({ code: 400, errCode: 10054, description: 'too large' });

const createLane = (window = { messages: 4, bytes: 1_000_000 }) => {
  const store = new MessageStore();
  const wire: Message[] = [];
  const stored: string[] = [];
  const refused: [string, Refusal][] = [];
  const mend = jest.fn((): Promise<Refusal | undefined> => Promise.resolve(undefined));
  const lane = new Lane({
    stream: 'S',
    window,
    ackTimeoutMs: 1_000,
    onStored: ({ subject }) => stored.push(subject),
    onRefused: ({ subject }, refusal) => refused.push([subject, refusal]),
    onSetback: () => undefined,
    mend,
    onRoom: () => undefined,
  });
  const append = (subject: string) => {
    const message = store.create({ subject, id: subject, text: '{}', delivery: 'durable', at: Date.now() });
    lane.append(message);
    return message;
  };
  const send: Send = {
    put: (message) => {
      wire.push(message);
      return undefined;
    },
    flush: () => undefined,
  };
  const sent = () => wire.splice(0).map(({ subject }) => subject);
  return { lane, append, send, sent, wire, stored, refused, mend };
};

/** Lets what was queued happen. */
const turn = () => jest.advanceTimersByTimeAsync(0);

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('a lane', () => {
  it('keeps a window on the wire, in order', async () => {
    const { lane, append, send, sent, stored } = createLane();
    const [a, b] = ['a', 'b', 'c', 'd', 'e', 'f'].map(append);
    lane.up(send);
    expect(sent()).toEqual(['a', 'b', 'c', 'd']);
    lane.stored(a as Message, at(1));
    lane.stored(b as Message, at(2));
    await turn();
    expect(sent()).toEqual(['e', 'f']);
    expect(stored).toEqual(['a', 'b']);
    expect(lane.inFlight).toBe(4);
  });

  it('keeps within the bytes of its window, but sends one of any size', () => {
    const { lane, append, send, sent } = createLane({ messages: 100, bytes: 1 });
    append('a');
    append('b');
    lane.up(send);
    expect(sent()).toEqual(['a']);
  });

  it('sends everything unconfirmed again in the original order when the connection returns', async () => {
    const { lane, append, send, sent } = createLane();
    const [, b] = ['a', 'b', 'c'].map(append);
    lane.up(send);
    lane.stored(b as Message, at(1));
    lane.down();
    expect(lane.inFlight).toBe(0);
    append('d');
    sent();
    lane.up(send);
    await turn();
    expect(sent()).toEqual(['a', 'c', 'd']);
    expect(lane.retried).toBe(2);
  });

  it('sends the oldest alone after a setback, and opens the window when that is stored', async () => {
    const { lane, append, send, sent } = createLane();
    const [a, b, c, d] = ['a', 'b', 'c', 'd', 'e', 'f'].map(append) as [Message, Message, Message, Message];
    lane.up(send);
    sent();
    lane.refused(a, storeFailed);
    lane.stored(b, at(1));
    lane.stored(c, at(2));
    await jest.advanceTimersByTimeAsync(60_000);
    expect(sent()).toEqual([]); // d is still without an answer
    lane.refused(d, storeFailed);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(sent()).toEqual(['a']);
    lane.refused(a, storeFailed);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(sent()).toEqual(['a']);
    expect(lane.isOpen).toBe(false);
    lane.stored(a, at(3));
    await turn();
    expect(sent()).toEqual(['d', 'e', 'f']);
    expect(lane.isOpen).toBe(true);
  });

  it('gives up at once what cannot succeed and goes on with the rest', async () => {
    const { lane, append, send, sent, refused } = createLane({ messages: 1, bytes: 1_000_000 });
    const [a] = ['a', 'b'].map(append) as [Message, Message];
    lane.up(send);
    lane.refused(a, tooLarge);
    await turn();
    expect(sent()).toEqual(['a', 'b']);
    expect(refused).toEqual([['a', tooLarge]]);
  });

  it('gives up what is refused again and again', async () => {
    const { lane, append, send, sent, refused } = createLane();
    const message = append('a');
    lane.up(send);
    for (let i = 0; i <= maxRefusals; i += 1) {
      expect(sent()).toEqual(['a']);
      lane.refused(message, storeFailed);
      await jest.advanceTimersByTimeAsync(10_000);
    }
    expect(refused).toEqual([['a', storeFailed]]);
    expect(lane.held.size).toBe(0);
  });

  it('does not wait long for a look at the stream that brings nothing, nor for the next try', async () => {
    const { lane, append, send, sent, mend } = createLane();
    mend.mockReturnValue(new Promise(() => undefined));
    const message = append('a');
    lane.up(send);
    for (let i = 0; i < 20; i += 1) {
      expect(sent()).toEqual(['a']);
      lane.refused(message, noResponders);
      await jest.advanceTimersByTimeAsync(1_500);
    }
  });

  it('looks after the stream once when nobody answers for it', async () => {
    const { lane, append, send, sent, mend } = createLane();
    const messages = ['a', 'b', 'c'].map(append);
    lane.up(send);
    sent();
    for (const message of messages) lane.refused(message, noResponders);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(mend).toHaveBeenCalledTimes(1);
    expect(sent()).toEqual(['a']);
  });

  it('gives up one after the other when the stream cannot be mended', async () => {
    const { lane, append, send, sent, mend, refused } = createLane();
    const messages = ['a', 'b'].map(append);
    const hopeless: Refusal = { kind: 'no_stream', hope: 'never', detail: 'contradiction' };
    mend.mockResolvedValue(hopeless);
    lane.up(send);
    for (const message of messages) lane.refused(message, noResponders);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(refused).toEqual([['a', hopeless]]);
    expect(sent()).toEqual(['a', 'b', 'b']);
    lane.refused(messages[1] as Message, noResponders);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(refused.map(([subject]) => subject)).toEqual(['a', 'b']);
  });

  it('takes what has no answer in time off the wire, and still takes a late answer', async () => {
    const { lane, append, send, sent, stored } = createLane();
    const [a, b] = ['a', 'b'].map(append) as [Message, Message];
    lane.up(send);
    sent();
    lane.sweep(Date.now() + 999);
    expect(lane.inFlight).toBe(2);
    lane.sweep(Date.now() + 1_001);
    expect(lane.inFlight).toBe(0);
    lane.stored(a, at(1));
    await turn();
    expect(sent()).toEqual(['b']);
    lane.stored(b, at(2));
    expect(stored).toEqual(['a', 'b']);
  });

  it('does not send what is bound for the outbox until it is sent back', async () => {
    const { lane, append, send, sent } = createLane();
    const a = append('a');
    lane.divert(a, 'outbox_bound');
    append('b');
    lane.up(send);
    expect(sent()).toEqual(['b']);
    lane.divert(a, 'waiting');
    await turn();
    expect(sent()).toEqual(['a']);
  });

  it('sends no more while the oldest goes unanswered for long, and goes on when it is answered', async () => {
    const { lane, append, send, sent } = createLane();
    const oldest = append('a');
    lane.up(send);
    await jest.advanceTimersByTimeAsync(50);
    append('b');
    await turn();
    expect(sent()).toEqual(['a', 'b']);
    await jest.advanceTimersByTimeAsync(100);
    append('c');
    await turn();
    expect(sent()).toEqual([]);
    lane.stored(oldest, at(1));
    await turn();
    expect(sent()).toEqual(['c']);
  });

  it('stores everything in the end, and in order as long as only connections fail', async () => {
    const event = fc.constantFrom('answer', 'answer', 'answer', 'refuse', 'silence', 'cut');
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 60 }), fc.boolean(), async (events, onlyCuts) => {
        const { lane, append, send, wire } = createLane({ messages: 3, bytes: 1_000_000 });
        const names = Array.from({ length: 12 }, (_, index) => `m${index}`);
        for (const name of names) append(name);
        lane.up(send);
        const inStream: string[] = [];
        const answer = (message: Message) => {
          if (!inStream.includes(message.subject)) inStream.push(message.subject);
          lane.stored(message, at(inStream.length));
        };
        for (const event of events) {
          const next = wire.shift();
          if (event === 'cut') {
            // The server has taken the first and not the others; no answer comes.
            if (next !== undefined && !inStream.includes(next.subject)) inStream.push(next.subject);
            wire.length = 0;
            lane.down();
            lane.up(send);
          } else if (next === undefined) {
            continue;
          } else if (onlyCuts || event === 'answer') answer(next);
          else lane.refused(next, event === 'refuse' ? noResponders : unanswered);
          expect(lane.inFlight).toBeLessThanOrEqual(3);
          await jest.advanceTimersByTimeAsync(6_000);
        }
        for (let i = 0; i < 100 && lane.held.size > 0; i += 1) {
          const next = wire.shift();
          if (next !== undefined) answer(next);
          await jest.advanceTimersByTimeAsync(6_000);
        }
        expect([...inStream].sort()).toEqual([...names].sort());
        if (onlyCuts) expect(inStream).toEqual(names);
      }),
      { numRuns: 60 },
    );
  });
});
