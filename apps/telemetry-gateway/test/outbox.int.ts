import { join } from 'node:path';

import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

import { createEvent, encodeEvent, subjectOf } from '@fleet/event-envelope';
import { startEventStream } from '@fleet/event-stream';
import { connectRedis, createOutbox } from '@fleet/fleet-store';
import { eventually, startChild, startNats, startRedis, type Server } from '@fleet/testing';

const emitter = join(__dirname, 'harness', 'emitter.ts');
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

const administer = async <T>(server: Server, act: (manager: JetStreamManager) => Promise<T>): Promise<T> => {
  const nc = await connect({ servers: server.url });
  try {
    return await act(await jetstreamManager(nc));
  } finally {
    await nc.close();
  }
};

/** The connection ids of CHARTER_EVENTS in stored order, by robot. */
const storedConnections = (server: Server): Promise<Map<string, string[]>> =>
  administer(server, async (manager) => {
    const { state } = await manager.streams.info('CHARTER_EVENTS');
    const byRobot = new Map<string, string[]>();
    for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
      const message = await manager.streams.getMessage('CHARTER_EVENTS', { seq });
      const { payload } = message?.json() as { payload: { robot_id: string; connection_id: string } };
      byRobot.set(payload.robot_id, [...(byRobot.get(payload.robot_id) ?? []), payload.connection_id]);
    }
    return byRobot;
  });

const expected = (last: number, robots = 10): Map<string, string[]> => {
  const byRobot = new Map<string, string[]>();
  for (let seq = 1; seq <= last; seq += 1) {
    const robot = `robot_${seq % robots}`;
    byRobot.set(robot, [...(byRobot.get(robot) ?? []), `connection_${seq}`]);
  }
  return byRobot;
};

const start = (nats: Server, redis: Server, first: number, count: number) =>
  startChild({
    entry: emitter,
    env: { NATS_URL: nats.url, REDIS_URL: redis.url, FIRST: String(first), COUNT: String(count) },
  });

describe('life-cycle events and their outbox', () => {
  it('are all there once and in order when the server was away and processes were killed meanwhile', async () => {
    await using nats = await startNats();
    await using redis = await startRedis();
    await using one = start(nats, redis, 1, 100);
    await one.line(/^idle .*"stored":100/, 40_000);
    one.kill('SIGKILL');
    await one.exited;

    await nats.kill();
    await using two = start(nats, redis, 101, 200);
    await two.line(/^held .*"outboxed":200/, 40_000);
    two.kill('SIGKILL');
    await two.exited;

    await using three = start(nats, redis, 301, 100);
    await three.line(/^held .*"outboxed":100/, 40_000);
    await nats.start();
    await three.line(/^idle .*"relayed":300/, 40_000);

    await expect(storedConnections(nats)).resolves.toEqual(expected(400));
    three.kill('SIGTERM');
    await expect(three.exited).resolves.toMatchObject({ code: 0 });
  }, 180_000);

  it('are there once when the server hung with them and their process was killed', async () => {
    await using nats = await startNats();
    await using redis = await startRedis();
    await using one = start(nats, redis, 1, 50);
    await one.line(/^idle .*"stored":50/, 40_000);
    one.kill('SIGKILL');
    await one.exited;

    await using two = start(nats, redis, 51, 0);
    await two.line(/^idle/, 40_000);
    await nats.pause();
    await using three = start(nats, redis, 51, 50);
    await three.line(/^held .*"outboxed":50/, 40_000);
    three.kill('SIGKILL');
    await three.exited;
    await nats.resume();
    await two.line(/^idle .*"relayed":50/, 40_000);
    await expect(storedConnections(nats)).resolves.toEqual(expected(100));
  }, 180_000);

  it('are handed to the outbox at shutdown when the server is away', async () => {
    await using nats = await startNats();
    await using redis = await startRedis();
    await nats.kill();
    await using one = start(nats, redis, 1, 50);
    // Within the second after which they would have gone there anyway, or after it: all the same.
    await one.line(/event stream not reached/, 40_000);
    one.kill('SIGTERM');
    await expect(one.exited).resolves.toMatchObject({ code: 0 });
    await nats.start();
    await using two = start(nats, redis, 51, 0);
    await two.line(/^idle .*"relayed":50/, 40_000);
    await expect(storedConnections(nats)).resolves.toEqual(expected(50));
  }, 120_000);

  it('are not stored again when the stream has forgotten their ids', async () => {
    await using nats = await startNats();
    await using redis = await startRedis();
    const store = connectRedis({ url: redis.url, name: 'test', log: quiet });
    const outbox = createOutbox(store);
    const settings = { servers: [nats.url], name: 'test', instance: 'test' };
    const anHourAgo = Date.now() - 3_600_000;
    const events = Array.from({ length: 30 }, (_, index) =>
      createEvent(
        'telemetry.connection_established',
        { robot_id: `robot_${index % 3}`, connection_id: `connection_${index}`, connected_at: 1 },
        { timestamp: anHourAgo / 1000 },
      ),
    );
    const stream = startEventStream(settings, { log: quiet });
    try {
      await store.untilReady(AbortSignal.timeout(20_000));
      // Two of three were stored before their producer learnt of it.
      for (const [index, event] of events.entries()) {
        if (index % 3 === 2) continue;
        await stream.publish(event.type, event.payload, { id: event.id });
      }
      await administer(nats, (manager) =>
        manager.streams.update('CHARTER_EVENTS', { duplicate_window: 100_000_000 }),
      );
      // It reads the ids of the window when it starts.
      await nats.kill();
      await nats.start();
      const known = events[0];
      await eventually(async () => {
        // Seen by the server as new: it has forgotten the id.
        const probe = { robot_id: 'probe', connection_id: 'probe', connected_at: 1 };
        const id = known?.id ?? '';
        return !(await stream.publish('telemetry.connection_established', probe, { id })).duplicate;
      });
      await outbox.append(
        events.map((event) => ({
          id: event.id,
          subject: subjectOf(event),
          bytes: encodeEvent(event),
          expendable: false,
          at: anHourAgo,
          attempted: true,
        })),
      );
    } finally {
      await stream.close(2_000);
    }

    const relaying = startEventStream({ ...settings, streams: {} }, { log: quiet, outbox });
    try {
      await eventually(async () => (await outbox.depth()).entries === 0);
      const stored = await storedConnections(nats);
      stored.delete('probe');
      for (const robot of [0, 1, 2]) {
        const ids = events.flatMap(({ payload }, index) =>
          index % 3 === robot ? [(payload as { connection_id: string }).connection_id] : [],
        );
        expect([...(stored.get(`robot_${robot}`) ?? [])].sort()).toEqual(ids.sort());
      }
    } finally {
      await relaying.close(2_000);
      await store.stop();
    }
  }, 90_000);
});
