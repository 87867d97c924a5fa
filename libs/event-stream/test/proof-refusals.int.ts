import { DiscardPolicy, RetentionPolicy } from '@nats-io/jetstream';

import { streamSubjects, type StreamName } from '@fleet/event-envelope';
import { eventually, startNats, type Server } from '@fleet/testing';

import { administer } from './support/administer.ts';
import { deadLettersOf } from './support/open-durable.ts';
import { openStream } from './support/open-stream.ts';
import { readStream } from './support/read-stream.ts';
import { established, sample } from './support/sample.ts';

/** A stream that takes so many messages and then refuses what is new. */
const makeFinite = (server: Server, name: StreamName, messages: number) =>
  administer(server, (manager) =>
    manager.streams.add({
      name,
      subjects: [...streamSubjects[name]],
      max_msgs: messages,
      discard: DiscardPolicy.New,
    }),
  );

const publishSamples = (open: ReturnType<typeof openStream>, first: number, last: number) =>
  Promise.all(
    Array.from({ length: last - first + 1 }, (_, index) =>
      open.stream.publish('telemetry.data_received', sample('robot_1', first + index)),
    ),
  );

describe('what JetStream refuses', () => {
  it('makes a deleted stream again and sends it what it missed, with one log line', async () => {
    await using server = await startNats();
    await using open = openStream(server);
    await publishSamples(open, 1, 100);
    await administer(server, (manager) => manager.streams.delete('CHARTER_TELEMETRY'));
    await publishSamples(open, 101, 400);

    const stored = await readStream(server, 'CHARTER_TELEMETRY');
    expect(stored.map(({ payload }) => payload.seq)).toEqual(Array.from({ length: 300 }, (_, i) => i + 101));
    const said = open.lines.filter(({ level }) => level === 'warn' || level === 'error');
    expect(said.filter(({ message }) => message === 'stream was gone and has been made again')).toHaveLength(
      1,
    );
    expect(said.length).toBeLessThanOrEqual(2);
  }, 60_000);

  it('tells the publisher that nothing captures its subject when that cannot be mended', async () => {
    await using server = await startNats();
    await using open = openStream(server);
    await publishSamples(open, 1, 1);
    await administer(server, async (manager) => {
      await manager.streams.delete('CHARTER_TELEMETRY');
      const retention = RetentionPolicy.Workqueue;
      await manager.streams.add({ name: 'CHARTER_TELEMETRY', subjects: ['elsewhere'], retention });
    });
    await expect(publishSamples(open, 2, 2)).rejects.toMatchObject({
      kind: 'no_stream',
      message: expect.stringContaining('has retention workqueue; expected limits') as string,
    });
  }, 60_000);

  it('tells the publisher that a stream is full, and leaves the other streams alone', async () => {
    await using server = await startNats();
    await makeFinite(server, 'CHARTER_TELEMETRY', 10);
    await using open = openStream(server);
    await publishSamples(open, 1, 10);

    await expect(publishSamples(open, 11, 11)).rejects.toMatchObject({ kind: 'stream_full', code: 10077 });
    await expect(
      open.stream.publish('telemetry.connection_established', established('robot_1', 1)),
    ).resolves.toMatchObject({ stream: 'CHARTER_EVENTS', sequence: 1 });

    await administer(server, (manager) => manager.streams.purge('CHARTER_TELEMETRY'));
    await expect(publishSamples(open, 12, 12)).resolves.toMatchObject([{ sequence: 11 }]);
  }, 60_000);

  it('sets an emitted event that a full stream refuses aside, with the reason', async () => {
    await using server = await startNats();
    await makeFinite(server, 'CHARTER_EVENTS', 1);
    await using open = openStream(server);
    for (const seq of [1, 2])
      open.stream.emit('telemetry.connection_established', established('robot_1', seq));
    await eventually(() => open.stream.status().deadLettered === 1);

    const [dead] = await readStream(server, 'CHARTER_DEAD_LETTERS');
    expect(dead?.subject).toBe('charter.dead.CHARTER_EVENTS.test-1');
    expect(dead?.payload.connection_id).toBe('ws_robot_1_2_abcdef');
    expect(dead?.header('Charter-Error-Kind')).toBe('stream_full');
    expect(dead?.header('Charter-Subject')).toBe('charter.v1.telemetry.connection_established.robot_1');
    expect(open.stream.status()).toMatchObject({ stored: 1, refused: { stream_full: 1 }, pending: 0 });
  }, 60_000);

  it('refuses what is too large for the server without sending it, and keeps an excerpt of an emitted one', async () => {
    await using server = await startNats({ config: 'max_payload: 8192' });
    await using open = openStream(server);
    await publishSamples(open, 1, 1);
    const attributes = { note: 'x'.repeat(10_000) };
    await expect(
      open.stream.publish('telemetry.data_received', { ...sample('robot_1', 2), attributes }),
    ).rejects.toMatchObject({ kind: 'too_large' });
    await expect(publishSamples(open, 3, 3)).resolves.toMatchObject([{ sequence: 2 }]);

    open.stream.emit('telemetry.message_rejected', {
      robot_id: 'robot_1',
      connection_id: 'c',
      code: 'invalid_message',
      detail: 'y'.repeat(10_000),
      rejected_at: 1,
    });
    await eventually(() => open.stream.status().deadLettered === 1);
    const { messages } = await administer(server, async (manager) => {
      const info = await manager.streams.info('CHARTER_DEAD_LETTERS');
      return info.state;
    });
    expect(messages).toBe(1);
    expect(open.stream.status()).toMatchObject({ reconnects: 0, refused: { too_large: 2 } });
  }, 60_000);

  it('keeps less of an emitted event where its dead letter would be too large as well', async () => {
    await using server = await startNats({ config: 'max_payload: 1024' });
    await using open = openStream(server);
    open.stream.emit('telemetry.message_rejected', {
      robot_id: 'robot_1',
      connection_id: 'c',
      code: 'invalid_message',
      detail: 'y'.repeat(2_000),
      rejected_at: 1,
    });
    await eventually(() => open.stream.status().deadLettered === 1);
    const [dead] = await deadLettersOf(server);
    expect(dead?.body).toHaveLength(256);
    expect(dead?.header('Charter-Error-Kind')).toBe('too_large');
    expect(Number(dead?.header('Charter-Truncated'))).toBeGreaterThan(2_000);
  }, 60_000);

  it('refuses what is too large for the stream', async () => {
    await using server = await startNats();
    await using open = openStream(server);
    await publishSamples(open, 1, 1);
    await administer(server, (manager) =>
      manager.streams.update('CHARTER_TELEMETRY', { max_msg_size: 1_000 }),
    );
    const attributes = { note: 'x'.repeat(2_000) };
    await expect(
      open.stream.publish('telemetry.data_received', { ...sample('robot_1', 2), attributes }),
    ).rejects.toMatchObject({ kind: 'too_large', code: 10054 });
    await expect(publishSamples(open, 3, 3)).resolves.toMatchObject([{ sequence: 2 }]);
  }, 60_000);

  it('tells a publisher without permission so, and sets an emitted event aside', async () => {
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
    await using open = openStream(server, { user: 'service', password: 'secret' });
    await publishSamples(open, 1, 1);
    const closed = {
      robot_id: 'robot_1',
      connection_id: 'c',
      duration_seconds: 1,
      reason: 'client_disconnect',
      disconnected_at: 1,
    } as const;
    await expect(open.stream.publish('telemetry.connection_closed', closed)).rejects.toMatchObject({
      kind: 'permission',
    });
    open.stream.emit('telemetry.connection_closed', closed);
    await eventually(() => open.stream.status().deadLettered === 1);
    const [dead] = await readStream(server, 'CHARTER_DEAD_LETTERS');
    expect(dead?.header('Charter-Error-Kind')).toBe('permission');
    await expect(publishSamples(open, 2, 2)).resolves.toMatchObject([{ sequence: 2 }]);
  }, 60_000);

  it('refuses an event that the catalogue does not allow, and counts an emitted one', async () => {
    await using server = await startNats();
    await using open = openStream(server);
    const wrong = { ...sample('robot_1', 1), metrics: 'none' } as unknown as ReturnType<typeof sample>;
    await expect(open.stream.publish('telemetry.data_received', wrong)).rejects.toMatchObject({
      kind: 'invalid',
    });
    open.stream.emit('telemetry.data_received', wrong);
    expect(open.stream.status()).toMatchObject({
      pending: 0,
      dropped: { invalid: 1 },
      refused: { invalid: 1 },
    });
  }, 60_000);
});
