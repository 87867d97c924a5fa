import { createEvent, encodeEvent, subjectOf } from '@fleet/event-envelope';
import { eventually, startNats } from '@fleet/testing';

import type { OutboxAppend } from '../src/index.ts';
import { administer } from './support/administer.ts';
import { createMemoryOutbox } from './support/memory-outbox.ts';
import { openPassage } from './support/open-passage.ts';
import { openStream } from './support/open-stream.ts';
import { readStream } from './support/read-stream.ts';
import { established } from './support/sample.ts';

const entry = (robotId: string, seq: number, more: Partial<OutboxAppend> = {}): OutboxAppend => {
  const event = createEvent('telemetry.connection_established', established(robotId, seq));
  return {
    id: event.id,
    subject: subjectOf(event),
    bytes: encodeEvent(event),
    expendable: false,
    at: Date.now(),
    attempted: false,
    ...more,
  };
};

const closed = (seq: number): OutboxAppend => {
  const event = createEvent('telemetry.connection_closed', {
    robot_id: 'robot_1',
    connection_id: `ws_robot_1_${seq}_abcdef`,
    duration_seconds: 1,
    reason: 'client_disconnect',
    disconnected_at: 1,
  });
  return { ...entry('robot_1', seq), id: event.id, subject: subjectOf(event), bytes: encodeEvent(event) };
};

const connectionIds = (messages: Awaited<ReturnType<typeof readStream>>) =>
  messages.map(({ payload }) => payload.connection_id);

describe('an event stream with an outbox', () => {
  it('closes only when the outbox has what is on its way there', async () => {
    const outbox = createMemoryOutbox();
    const release = outbox.holdAppends();
    const open = openStream({ url: 'nats://127.0.0.1:1' }, { outboxAfterMs: 1 }, { outbox });
    for (let seq = 1; seq <= 10; seq += 1)
      open.stream.emit('telemetry.connection_established', established('robot_1', seq));
    await eventually(() => outbox.appends > 0);
    setTimeout(release, 300);
    await open.stream.close(20_000);
    expect(outbox.entries).toHaveLength(10);
    expect(open.stream.status()).toMatchObject({ outboxed: 10, pending: 0, dropped: { closed: 0 } });
  }, 60_000);

  it('closes when neither the outbox nor the server answers, and counts what is lost', async () => {
    await using server = await startNats();
    await using passage = await openPassage(server);
    const never = () => new Promise<never>(() => undefined);
    const outbox = { ...createMemoryOutbox(), append: never, depth: never };
    const open = openStream(passage, {}, { outbox });
    await eventually(() => open.stream.status().ready);
    passage.choke();
    open.stream.emit('telemetry.connection_established', established('robot_1', 1));
    await open.stream.close(1_000);
    expect(open.stream.status()).toMatchObject({ pending: 0, dropped: { closed: 1 } });
  }, 60_000);

  it('keeps the order of a subject when the server returns between two moves to the outbox', async () => {
    await using server = await startNats();
    const outbox = createMemoryOutbox();
    const release = outbox.holdAppends();
    await using open = openStream(server, { outboxAfterMs: 4_000 }, { outbox });
    await eventually(() => open.stream.status().ready);
    await server.kill();
    open.stream.emit('telemetry.connection_established', established('robot_1', 1));
    await eventually(() => open.stream.status().oldestAgeMs > 2_000);
    open.stream.emit('telemetry.connection_established', established('robot_1', 2));
    await eventually(() => outbox.appends > 0);
    release();
    await server.start();
    await eventually(() => open.stream.status().pending === 0 && outbox.entries.length === 0);
    const stored = connectionIds(await readStream(server, 'CHARTER_EVENTS'));
    expect(stored).toEqual(['ws_robot_1_1_abcdef', 'ws_robot_1_2_abcdef']);
  }, 60_000);

  it('is left again for the direct way, however many events follow', async () => {
    await using server = await startNats();
    const outbox = createMemoryOutbox();
    await using open = openStream(server, { outboxAfterMs: 200 }, { outbox });
    await eventually(() => open.stream.status().ready);
    await server.kill();
    let seq = 0;
    const emit = () => {
      seq += 1;
      open.stream.emit('telemetry.connection_established', established('robot_1', seq));
    };
    const emitting = setInterval(emit, 5);
    try {
      await eventually(() => outbox.entries.length > 0);
      await server.start();
      await eventually(() => open.stream.status().relayed > 0);
      const { relayed, stored } = open.stream.status();
      // What is relayed is stored too.
      const direct = () => open.stream.status().stored - stored - (open.stream.status().relayed - relayed);
      await eventually(() => direct() >= 100);
    } finally {
      clearInterval(emitting);
    }
    await eventually(() => open.stream.status().pending === 0 && outbox.entries.length === 0);
    const all = connectionIds(await readStream(server, 'CHARTER_EVENTS'));
    expect(all).toEqual(Array.from({ length: seq }, (_, index) => `ws_robot_1_${index + 1}_abcdef`));
  }, 60_000);

  it('relays what may be stored already to a stream that was made anew', async () => {
    await using server = await startNats();
    const outbox = createMemoryOutbox();
    await using open = openStream(server, {}, { outbox });
    await eventually(() => open.stream.status().ready);
    await administer(server, (manager) => manager.streams.delete('CHARTER_EVENTS'));
    await outbox.append([entry('robot_1', 1, { attempted: true })]);
    await eventually(() => outbox.entries.length === 0);
    const stored = connectionIds(await readStream(server, 'CHARTER_EVENTS'));
    expect(stored).toEqual(['ws_robot_1_1_abcdef']);
  }, 60_000);

  it('sets an entry aside whose subject no client can send to, and goes on', async () => {
    await using server = await startNats();
    const wrong = entry('robot_1', 1, { subject: 'charter.v1.telemetry.connection_established.robot 1' });
    const outbox = createMemoryOutbox([wrong, entry('robot_2', 2)]);
    await using open = openStream(server, {}, { outbox });
    await eventually(() => outbox.entries.length === 0 && open.stream.status().deadLettered === 1);
    open.stream.emit('telemetry.connection_established', established('robot_3', 3));
    await eventually(() => open.stream.status().pending === 0);
    const stored = connectionIds(await readStream(server, 'CHARTER_EVENTS'));
    expect(stored).toEqual(['ws_robot_2_2_abcdef', 'ws_robot_3_3_abcdef']);
    const [dead] = await readStream(server, 'CHARTER_DEAD_LETTERS');
    expect(dead?.payload.connection_id).toBe('ws_robot_1_1_abcdef');
    expect(dead?.header('Charter-Error-Kind')).toBe('invalid');
  }, 60_000);

  it('relays little by little where there is little room', async () => {
    await using server = await startNats();
    const numbers = Array.from({ length: 8 }, (_, index) => index + 1);
    const outbox = createMemoryOutbox(numbers.map((seq) => entry('robot_1', seq)));
    const narrow = { messages: 2, bytes: 1_000_000 };
    await using open = openStream(server, { buffer: narrow, waiting: narrow }, { outbox });
    await eventually(() => outbox.entries.length === 0);
    const stored = await readStream(server, 'CHARTER_EVENTS');
    expect(connectionIds(stored)).toEqual(numbers.map((seq) => `ws_robot_1_${seq}_abcdef`));
    expect(open.stream.status()).toMatchObject({ relayed: 8, deadLettered: 0 });
  });

  it('leaves to another what it may not publish itself, and relays the rest', async () => {
    await using server = await startNats({
      config: `
authorization {
  users: [
    { user: admin, password: admin },
    { user: service, password: secret, permissions: {
      publish: { deny: ["charter.v1.telemetry.connection_closed.>"] }, subscribe: ">" } }
  ]
}
no_auth_user: admin`,
    });
    const others = Array.from({ length: 600 }, (_, index) => closed(index + 1));
    const outbox = createMemoryOutbox([...others, entry('robot_1', 1), entry('robot_1', 2)]);
    await using open = openStream(server, { user: 'service', password: 'secret' }, { outbox });
    await eventually(() => outbox.entries.length === 600);
    expect(open.stream.status()).toMatchObject({ relayed: 2, deadLettered: 0 });
    // Nothing of its own waits there any more, so the next goes directly.
    await eventually(() => {
      open.stream.emit('telemetry.connection_established', established('robot_1', 3));
      return open.stream.status().stored > 0;
    });
    const forbidden = open.lines.filter(({ message }) => message.includes('permitted'));
    expect(forbidden.length).toBeLessThanOrEqual(2);

    await using other = openStream(server, {}, { outbox });
    await eventually(() => outbox.entries.length === 0);
    expect(other.stream.status()).toMatchObject({ relayed: 600 });
    const stored = await readStream(server, 'CHARTER_EVENTS');
    const ids = connectionIds(stored.filter(({ subject }) => subject.includes('connection_closed')));
    expect(ids).toEqual(others.map((_, index) => `ws_robot_1_${index + 1}_abcdef`));
  }, 60_000);

  it('says nothing of an outbox that comes a little later than itself', async () => {
    await using server = await startNats();
    const outbox = createMemoryOutbox();
    let looks = 0;
    const late = () => ((looks += 1) <= 3 ? Promise.reject(new Error('away')) : outbox.depth());
    await using open = openStream(server, {}, { outbox: { ...outbox, depth: late } });
    await eventually(() => open.stream.status().outbox !== null);
    expect(open.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  }, 60_000);
});
