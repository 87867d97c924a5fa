import { headers, type MsgHdrs } from '@nats-io/nats-core';

import { headerLine } from './header-line.ts';
import { MessageStore, type MessageParts } from './message-store.ts';
import type { Message } from './message.ts';

const parts = (more: Partial<MessageParts> = {}): MessageParts => ({
  subject: 'charter.v1.telemetry.connection_closed.robot_1',
  id: crypto.randomUUID(),
  text: '{"name":"Zürich 🤖"}',
  delivery: 'durable',
  at: 1,
  ...more,
});

/** What the client itself makes of the same headers. */
const encodedByClient = (lines: Record<string, string>): string => {
  const own = headers();
  for (const [name, value] of Object.entries(lines)) own.set(name, value);
  return Buffer.from((own as MsgHdrs & { encode(): Uint8Array }).encode()).toString();
};

describe('a message', () => {
  it('has the bytes of its event and its id', () => {
    const message = new MessageStore().create(parts({ id: 'an-id' }));
    expect(Buffer.from(message.data).toString()).toBe('{"name":"Zürich 🤖"}');
    expect(message.id).toBe('an-id');
    expect(message.headerLines).toBe('');
  });

  it('has the header block that the client would make', () => {
    const headerLines = headerLine('traceparent', '00-1-2-01');
    const message = new MessageStore().create(parts({ id: 'an-id', headerLines }));
    const { slab, start, lineLength, headerLength } = message;
    const from = start + lineLength;
    expect(slab?.bytes.toString('latin1', from, from + headerLength)).toBe(
      encodedByClient({ 'Nats-Msg-Id': 'an-id', traceparent: '00-1-2-01' }),
    );
    expect(message.headerLines).toBe(headerLines);
  });

  it('has the whole frame that goes over the wire', () => {
    const store = new MessageStore();
    const message = store.create(parts({ id: 'an-id' }));
    const { number, use, slab, start, frameLength } = message;
    expect(slab?.bytes.toString('utf8', start, start + frameLength)).toBe(
      `HPUB charter.v1.telemetry.connection_closed.robot_1 ${store.inbox}.${number}_${use} 32 000000055\r\n` +
        'NATS/1.0\r\nNats-Msg-Id: an-id\r\n\r\n{"name":"Zürich 🤖"}\r\n',
    );
  });

  it('cannot be broken out of by the value of a header', () => {
    expect(headerLine('Charter-Error', 'a\r\nNats-Msg-Id: b\n→')).toBe(
      'Charter-Error: a Nats-Msg-Id: b ?\r\n',
    );
  });
});

describe('the store of messages', () => {
  it('keeps every message whole, whatever the sizes and the order in which they go', () => {
    const store = new MessageStore();
    const held = new Map<string, { message: ReturnType<MessageStore['create']>; text: string }>();
    for (let i = 0; i < 3_000; i += 1) {
      const id = crypto.randomUUID();
      const text = JSON.stringify({ i, filler: 'ä'.repeat((i * 37) % (i % 500 === 0 ? 100_000 : 900)) });
      held.set(id, { message: store.create(parts({ id, text })), text });
      if (i % 3 !== 0) {
        const [oldest, entry] = [...held][i % 2 === 0 ? 0 : Math.min(5, held.size - 1)] ?? [];
        if (oldest === undefined || entry === undefined) continue;
        held.delete(oldest);
        store.release(entry.message);
      }
    }
    expect(held.size).toBeGreaterThan(900);
    for (const [id, { message, text }] of held) {
      expect(message.id).toBe(id);
      expect(Buffer.from(message.data).toString()).toBe(text);
    }
  });

  const overwriting = (settle: (store: MessageStore, message: Message) => void): string => {
    const store = new MessageStore();
    const message = store.create(parts({ text: 'x'.repeat(1_000) }));
    const { data } = message;
    settle(store, message);
    for (let i = 0; i < 1_000; i += 1) store.release(store.create(parts({ text: 'y'.repeat(1_000) })));
    return Buffer.from(data).toString();
  };

  it.each<[string, (store: MessageStore, message: Message) => void]>([
    [
      'the client may still hold what was given up unanswered',
      (store, message) => {
        message.attempts = 1;
        store.release(message);
      },
    ],
    [
      'the client may still hold another try',
      (store, message) => {
        message.attempts = 2;
        store.release(message, true);
      },
    ],
    [
      'the outbox may still hold what was lent',
      (store, message) => {
        store.lend(message);
        store.release(message);
        store.giveBack(message);
      },
    ],
  ])('does not write again where %s', (_why, settle) => {
    expect(overwriting(settle)).toBe('x'.repeat(1_000));
  });

  it('writes again where the only try has been answered', () => {
    const settle = (store: MessageStore, message: Message) => {
      message.attempts = 1;
      store.release(message, true);
    };
    expect(overwriting(settle)).not.toBe('x'.repeat(1_000));
  });

  it('uses what has been given up again, under another name', () => {
    const store = new MessageStore();
    const first = store.create(parts());
    const { number, use } = first;
    expect(store.find(number, use)).toBe(first);
    store.release(first);
    expect(store.find(number, use)).toBeUndefined();
    const second = store.create(parts({ id: 'another' }));
    expect(second).toBe(first);
    expect(second).toMatchObject({ number, attempts: 0, place: 'none', id: 'another' });
    expect(store.find(number, use)).toBeUndefined();
    expect(store.find(number, second.use)).toBe(second);
  });

  it('does not use again what somebody still looks at', () => {
    const store = new MessageStore();
    const lent = store.create(parts());
    store.lend(lent);
    store.release(lent);
    expect(store.create(parts())).not.toBe(lent);
    store.giveBack(lent);
    expect(store.create(parts())).toBe(lent);
  });

  it('keeps no slab for the few messages that stay in it, and writes nothing over what was sent', () => {
    const store = new MessageStore();
    const left: { readonly message: Message; readonly text: string; readonly before: Uint8Array }[] = [];
    for (let i = 0; i < 30_000; i += 1) {
      const text = JSON.stringify({ i, filler: 'ä'.repeat(200) });
      const message = store.create(parts({ text }));
      message.attempts = i % 600 === 0 ? 1 : 0;
      if (i % 300 === 0) left.push({ message, text, before: message.data });
      else store.release(message);
    }
    const slabs = () => new Set(left.map(({ message }) => message.slab)).size;
    expect(slabs()).toBeGreaterThan(80);
    expect(store.isScattered).toBe(true);
    store.gather(left.map(({ message }) => message));
    expect(store.isScattered).toBe(false);
    expect(slabs()).toBeLessThan(5);
    for (let i = 0; i < 10_000; i += 1) store.release(store.create(parts()));
    for (const { message, text, before } of left) {
      expect(Buffer.from(message.data).toString()).toBe(text);
      if (message.attempts > 0) expect(Buffer.from(before).toString()).toBe(text);
      store.release(message, true);
    }
  });
});
