import { headers, type MsgHdrs } from '@nats-io/nats-core';

import { headerLine, RawHeaders } from './message-headers.ts';
import { MessageStore, type MessageParts } from './message-store.ts';

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
    const raw = new RawHeaders();
    raw.of = message;
    expect(Buffer.from(raw.encode()).toString()).toBe(
      encodedByClient({ 'Nats-Msg-Id': 'an-id', traceparent: '00-1-2-01' }),
    );
    expect(message.headerLines).toBe(headerLines);
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
        store.reuse(entry.message);
      }
    }
    expect(held.size).toBeGreaterThan(900);
    for (const [id, { message, text }] of held) {
      expect(message.id).toBe(id);
      expect(Buffer.from(message.data).toString()).toBe(text);
    }
  });

  it('does not write again where the client may still read', () => {
    const store = new MessageStore();
    const sent = store.create(parts({ text: 'x'.repeat(1_000) }));
    const { data } = sent;
    if (sent.slab) sent.slab.sent = true;
    store.release(sent);
    for (let i = 0; i < 1_000; i += 1) store.reuse(store.create(parts({ text: 'y'.repeat(1_000) })));
    expect(Buffer.from(data).toString()).toBe('x'.repeat(1_000));
  });

  it('uses what has been given up again', () => {
    const store = new MessageStore();
    const first = store.create(parts());
    store.reuse(first);
    const second = store.create(parts({ id: 'another' }));
    expect(second).toBe(first);
    expect(second).toMatchObject({ token: 0, attempts: 0, place: 'none', id: 'another' });
  });
});
