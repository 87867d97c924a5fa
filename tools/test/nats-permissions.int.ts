import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { createEvent, encodeEvent, subjectOf } from '@fleet/event-envelope';
import { startEventStream, PermanentError, type EventStream, type Log } from '@fleet/event-stream';
import { connectRedis, createOutbox } from '@fleet/fleet-store';
import { eventually, startNats, startRedis, type Server } from '@fleet/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';

import { forbiddenSubjects } from './nats/forbidden-subjects.ts';

type User = 'telemetry_gateway' | 'metrics_worker' | 'reader' | 'operator';

const passwords: Record<User, string> = {
  telemetry_gateway: 'gateway-secret',
  metrics_worker: 'worker-secret',
  reader: 'reader-secret',
  operator: 'operator-secret',
};

/** The file of docker/nats, with the passwords that a server would find in its environment. */
const accounts = async () => {
  const file = await readFile(join(__dirname, '../../docker/nats/accounts.conf'), 'utf8');
  return `
NATS_GATEWAY_PASSWORD: "${passwords.telemetry_gateway}"
NATS_WORKER_PASSWORD: "${passwords.metrics_worker}"
NATS_READER_PASSWORD: "${passwords.reader}"
NATS_OPERATOR_PASSWORD: "${passwords.operator}"
NATS_SYSTEM_PASSWORD: "system-secret"
${file}`;
};

const limits = { maxBytes: 16 * 1024 ** 2, maxAgeSeconds: 86_400 };

interface Opened extends AsyncDisposable {
  readonly stream: EventStream;
  /** What was logged as a warning or an error. */
  readonly complaints: string[];
}

const complaintsLog = (complaints: string[]): Log => {
  const complain = (fields: object, message: string) => {
    const { err } = fields as { err?: unknown };
    complaints.push(`${message}: ${err instanceof Error ? err.message : JSON.stringify(fields)}`);
  };
  return { debug: () => undefined, info: () => undefined, warn: complain, error: complain };
};

describe('the users of docker/nats/accounts.conf', () => {
  let nats: Server;
  let redis: Server;

  const open = (user: User, parts: { outbox?: ReturnType<typeof createOutbox> } = {}): Opened => {
    const complaints: string[] = [];
    const stream = startEventStream(
      {
        servers: [nats.url],
        name: user,
        instance: `${user}-1`,
        user,
        password: passwords[user],
        streams: { CHARTER_EVENTS: limits, CHARTER_TELEMETRY: limits, CHARTER_DEAD_LETTERS: limits },
      },
      { log: complaintsLog(complaints), ...parts },
    );
    return { stream, complaints, [Symbol.asyncDispose]: () => stream.close(5_000) };
  };

  const dial = (user: User): Promise<NatsConnection> =>
    connect({ servers: nats.url, user, pass: passwords[user], maxReconnectAttempts: 0 });

  const forbidden = (user: User, act: (nc: NatsConnection) => void) =>
    forbiddenSubjects({ servers: nats.url, user, pass: passwords[user] }, act);

  const established = (robotId: string) => ({
    robot_id: robotId,
    connection_id: `ws_${robotId}_1700000000_abcdef`,
    connected_at: Date.now() / 1000,
  });

  const reading = (robotId: string) => ({
    robot_id: robotId,
    connection_id: `ws_${robotId}_1700000000_abcdef`,
    metrics: { cpu_usage: 45.2 },
    received_at: Date.now() / 1000,
  });

  beforeAll(async () => {
    nats = await startNats({ config: await accounts() });
    redis = await startRedis();
  }, 120_000);

  afterAll(async () => {
    await nats.stop();
    await redis.stop();
  });

  it('let the gateway make the streams, store events of robots and follow connections', async () => {
    await using gateway = open('telemetry_gateway');
    const followed: string[] = [];
    gateway.stream.subscribe({
      durable: 'telemetry_gateway_connections_1',
      types: ['telemetry.connection_established', 'telemetry.connection_closed'],
      from: 'all',
      handle: (event) => void followed.push(event.payload.robot_id),
    });
    gateway.stream.emit('telemetry.connection_established', established('robot_001'));
    const stored = await gateway.stream.publish('telemetry.data_received', reading('robot_001'));
    expect(stored.stream).toBe('CHARTER_TELEMETRY');
    await eventually(() => followed.includes('robot_001'));
    expect(gateway.complaints.filter((line) => /permission/i.test(line))).toEqual([]);
  }, 60_000);

  it('let the worker store the events of its jobs, read samples and set aside what it cannot handle', async () => {
    await using gateway = open('telemetry_gateway');
    await using worker = open('metrics_worker');
    const handled: string[] = [];
    worker.stream.subscribe({
      durable: 'metrics_worker_rollups',
      types: ['telemetry.data_received'],
      from: 'all',
      handle(event) {
        if (event.payload.robot_id === 'robot_bad') throw new PermanentError('no sample of ours');
        handled.push(event.payload.robot_id);
      },
    });
    await gateway.stream.publish('telemetry.data_received', reading('robot_bad'));
    await gateway.stream.publish('telemetry.data_received', reading('robot_002'));
    const { stream } = await worker.stream.publish('metrics.aggregation_started', {
      job_id: 'aggregate_mission_metrics',
      started_at: Date.now() / 1000,
    });
    expect(stream).toBe('CHARTER_EVENTS');
    await eventually(() => handled.includes('robot_002'));
    await eventually(() => worker.stream.status().subscriptions[0]?.deadLettered === 1);
    expect(worker.complaints.filter((line) => /permission/i.test(line))).toEqual([]);
  }, 60_000);

  const started = { job_id: 'aggregate_mission_metrics', started_at: 1_700_000_000 };

  it.each([
    ['telemetry_gateway', 'telemetry', 'telemetry.connection_established', established('robot_005')],
    ['metrics_worker', 'metrics', 'metrics.aggregation_started', started],
  ] as const)(
    'let the %s relay its outbox, and find there what is stored already',
    async (user, family, type, payload) => {
      await using owner = open(user);
      const encoded = (id: string) => createEvent(type, payload, { id });
      const storedId = crypto.randomUUID();
      const waitingId = crypto.randomUUID();
      for (const id of [storedId, crypto.randomUUID()]) await owner.stream.publish(type, payload, { id });

      const client = connectRedis({
        url: redis.url,
        name: 'permissions',
        log: complaintsLog([]),
      });
      try {
        await eventually(() => client.status === 'ready');
        const outbox = createOutbox(client, { family });
        await outbox.append(
          [storedId, waitingId].map((id) => ({
            id,
            subject: subjectOf(encoded(id)),
            bytes: encodeEvent(encoded(id)),
            expendable: false,
            at: Date.now(),
            attempted: true,
          })),
        );
        await using relaying = open(user, { outbox });
        await eventually(async () => (await outbox.depth()).entries === 0);
        expect(relaying.stream.status()).toMatchObject({ relayed: 1, deadLettered: 0 });
        expect(relaying.complaints.filter((line) => /permission/i.test(line))).toEqual([]);
      } finally {
        await client.stop();
      }
    },
    90_000,
  );

  it('let a reader see every event as it comes', async () => {
    await using gateway = open('telemetry_gateway');
    await using reader = open('reader');
    const stop = new AbortController();
    const seen: string[] = [];
    const watching = (async () => {
      for await (const { subject } of reader.stream.tail({ from: 'beginning', signal: stop.signal })) {
        seen.push(subject);
      }
    })();
    await gateway.stream.publish('telemetry.data_received', reading('robot_003'));
    await eventually(() => seen.includes('charter.v1.telemetry.data_received.robot_003'));
    stop.abort();
    await watching.catch(() => undefined);
  }, 60_000);

  const destructive = [
    ...['CHARTER_EVENTS', 'CHARTER_TELEMETRY', 'CHARTER_DEAD_LETTERS'].flatMap((stream) => [
      `$JS.API.STREAM.DELETE.${stream}`,
      `$JS.API.STREAM.PURGE.${stream}`,
      `$JS.API.STREAM.MSG.DELETE.${stream}`,
      `$JS.API.STREAM.SNAPSHOT.${stream}`,
      `$JS.API.STREAM.RESTORE.${stream}`,
    ]),
    '$JS.API.STREAM.CREATE.OTHER',
    '$JS.API.STREAM.LIST',
    '$JS.API.CONSUMER.DELETE.CHARTER_TELEMETRY.metrics_worker_rollups',
    '$SYS.REQ.SERVER.PING',
    'charter.v2.telemetry.data_received.robot_001',
    'charter.v1.other.happened.robot_001',
  ];
  const foreign: Record<Exclude<User, 'operator'>, readonly string[]> = {
    telemetry_gateway: [
      'charter.v1.metrics.aggregation_started.aggregate_mission_metrics',
      '$JS.API.CONSUMER.MSG.NEXT.CHARTER_TELEMETRY.metrics_worker_rollups',
      '$JS.ACK.CHARTER_TELEMETRY.metrics_worker_rollups.1.1.1.1.0',
    ],
    metrics_worker: [
      'charter.v1.telemetry.data_received.robot_001',
      '$JS.API.CONSUMER.CREATE.CHARTER_TELEMETRY.other',
      '$JS.API.CONSUMER.DELETE.CHARTER_TELEMETRY.other',
      '$JS.ACK.CHARTER_EVENTS.telemetry_gateway_connections_1.1.1.1.1.0',
    ],
    reader: [
      'charter.v1.telemetry.data_received.robot_001',
      'charter.v1.metrics.aggregation_started.aggregate_mission_metrics',
      'charter.dead.CHARTER_EVENTS.reader',
      '$JS.API.STREAM.CREATE.CHARTER_EVENTS',
      '$JS.API.STREAM.UPDATE.CHARTER_EVENTS',
      '$JS.API.STREAM.MSG.GET.CHARTER_EVENTS',
      '$JS.ACK.CHARTER_EVENTS.telemetry_gateway_connections_1.1.1.1.1.0',
    ],
  };

  it.each(['telemetry_gateway', 'metrics_worker', 'reader'] as const)(
    'refuse the %s whatever destroys, and what is of others',
    async (user) => {
      const subjects = [...destructive, ...foreign[user]];
      const refused = await forbidden(user, (nc) => {
        for (const subject of subjects) nc.publish(subject);
      });
      expect(refused).toEqual(subjects);
    },
    60_000,
  );

  it.each(['telemetry_gateway', 'metrics_worker'] as const)(
    'refuse the %s to listen to anything but answers',
    async (user) => {
      const subjects = ['>', 'charter.>', '$JS.EVENT.>', '$SYS.>'];
      const refused = await forbidden(user, (nc) => {
        for (const subject of subjects) nc.subscribe(subject, { callback: () => undefined });
        nc.subscribe('_INBOX.mine.*', { callback: () => undefined });
      });
      expect(refused).toEqual(subjects);
    },
    60_000,
  );

  it('let the operator do what they refuse the others', async () => {
    await using gateway = open('telemetry_gateway');
    await gateway.stream.publish('telemetry.data_received', reading('robot_004'));
    const nc = await dial('operator');
    try {
      const jsm = await jetstreamManager(nc);
      const { state } = await jsm.streams.info('CHARTER_TELEMETRY');
      expect(state.messages).toBeGreaterThan(0);
      await jsm.streams.purge('CHARTER_TELEMETRY');
      expect((await jsm.streams.info('CHARTER_TELEMETRY')).state.messages).toBe(0);
    } finally {
      await nc.close();
    }
  }, 60_000);

  it('refuse whoever has no password, or a wrong one', async () => {
    await expect(connect({ servers: nats.url, maxReconnectAttempts: 0 })).rejects.toThrow(/authorization/i);
    await expect(
      connect({ servers: nats.url, user: 'operator', pass: 'guess', maxReconnectAttempts: 0 }),
    ).rejects.toThrow(/authorization/i);
  }, 60_000);
});
