import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { eventually, startChild, startRedis, type Child, type Server } from '@fleet/testing';
import { jetstream, jetstreamManager, type StreamInfo } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

import { overlayVariables, type ServiceName } from '../src/manifests/repository.ts';
import { backupStream } from '../src/streams/backup-stream.ts';
import { restoreStream } from '../src/streams/restore-stream.ts';
import { allAcked, furtherAcks, sendingRobots } from './containers/robots.ts';
import { faultsOfStored } from './containers/stored-numbers.ts';
import { forbiddenSubjects } from './nats/forbidden-subjects.ts';
import { loginOf, startShippedCluster, type NatsUser, type ShippedCluster } from './nats/shipped-cluster.ts';

const streams = ['CHARTER_EVENTS', 'CHARTER_TELEMETRY', 'CHARTER_DEAD_LETTERS'] as const;

describe('the three servers of docker/nats, with the services of the overlay for production', () => {
  let cluster: ShippedCluster;
  let redis: Server;

  beforeAll(async () => {
    [cluster, redis] = await Promise.all([startShippedCluster(), startRedis()]);
  }, 180_000);

  afterAll(async () => {
    await cluster.stop();
    await redis.stop();
  });

  const start = (service: ServiceName, user: NatsUser): Child =>
    startChild({
      entry: join(__dirname, '../../apps', service, 'src/main.ts'),
      env: {
        NODE_ENV: 'production',
        ...overlayVariables('production', service),
        // The issuer of the overlay is nobody's.
        AUTH_MODE: 'none',
        AUTH_ALLOW_ANONYMOUS: 'true',
        PORT: '0',
        ADMIN_PORT: '0',
        NATS_URL: cluster.url,
        NATS_USER: user,
        NATS_PASSWORD: loginOf(user).pass,
        REDIS_URL: redis.url,
      },
    });

  const portOf = async (child: Child, message: RegExp): Promise<number> =>
    (JSON.parse(await child.line(message, 60_000)) as { port: number }).port;

  const infoOf = async (stream: string): Promise<StreamInfo> => {
    const nc = await connect({ servers: cluster.url.split(','), ...loginOf('operator'), timeout: 2_000 });
    try {
      return await (await jetstreamManager(nc, { timeout: 2_000 })).streams.info(stream);
    } finally {
      await nc.close();
    }
  };

  const copiesOf = async (stream: string) => {
    const { config, cluster: members } = await infoOf(stream);
    const current = (members?.replicas ?? []).filter((replica) => replica.current && !replica.offline);
    return { wanted: config.num_replicas, current: current.length + 1, leader: members?.leader };
  };

  const threeCopies = (stream: string) =>
    eventually(async () => {
      expect(await copiesOf(stream)).toMatchObject({ wanted: 3, current: 3 });
      return true;
    });

  it('hold three copies of what robots send, and go on storing when the one that leads is killed', async () => {
    await using gateway = start('telemetry-gateway', 'telemetry_gateway');
    const port = await portOf(gateway, /"msg":"gateway listens"/);
    await using robots = sendingRobots(`ws://127.0.0.1:${port}`, 'cluster', 3);
    await furtherAcks(robots, 3);
    for (const stream of streams) await threeCopies(stream);

    const { leader } = await copiesOf('CHARTER_TELEMETRY');
    const index = ['n1', 'n2', 'n3'].indexOf(leader ?? '');
    const killed = cluster.servers[index];
    if (killed === undefined) throw new Error(`${leader} is none of the three`);
    await killed.kill();
    await furtherAcks(robots, 10);
    await killed.start();
    robots.stopSending();
    await allAcked(robots);
    await threeCopies('CHARTER_TELEMETRY');

    expect(robots.flatMap(({ lost }) => lost)).toEqual([]);
    // A consumer may be led by a server that has not yet applied the last message.
    await eventually(async () => {
      expect(await faultsOfStored(cluster.url, robots, loginOf('operator'))).toEqual([]);
      return true;
    });
    expect(gateway.lines.filter((line) => /permission/i.test(line))).toEqual([]);
  }, 120_000);

  it('take the events of the worker', async () => {
    await using worker = start('metrics-worker', 'metrics_worker');
    await portOf(worker, /"msg":"worker listens"/);
    await eventually(async () => {
      const nc = await connect({ servers: cluster.url.split(','), ...loginOf('operator'), timeout: 2_000 });
      try {
        const { state } = await (
          await jetstreamManager(nc)
        ).streams.info('CHARTER_EVENTS', { subjects_filter: 'charter.v1.metrics.aggregation_completed.>' });
        return Object.keys(state.subjects ?? {}).length > 0;
      } finally {
        await nc.close();
      }
    });
    expect(worker.lines.filter((line) => /permission/i.test(line))).toEqual([]);
  }, 60_000);

  it('answer the probes of the StatefulSet', async () => {
    for (const index of [0, 1, 2])
      for (const query of ['', '?js-enabled-only=true', '?js-server-only=true'])
        await eventually(async () => (await fetch(`${cluster.monitorUrl(index)}/healthz${query}`)).ok);
  });

  it('give a stream back from its backup, with three copies', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'fleet-backup-'));
    const nc = await connect({ servers: cluster.url.split(','), ...loginOf('operator') });
    try {
      const { state } = await backupStream(nc, 'CHARTER_TELEMETRY', directory);
      await (await jetstreamManager(nc)).streams.delete('CHARTER_TELEMETRY');
      await restoreStream(nc, directory);
      await threeCopies('CHARTER_TELEMETRY');
      expect((await infoOf('CHARTER_TELEMETRY')).state).toMatchObject({
        messages: state.messages,
        last_seq: state.last_seq,
      });
      const next = await jetstream(nc).publish('charter.v1.telemetry.data_received.robot_001', '{}');
      expect(next.seq).toBe(state.last_seq + 1);
    } finally {
      await nc.close();
      await rm(directory, { recursive: true });
    }
  }, 60_000);

  it.each([
    ['telemetry_gateway', 'charter.v1.metrics.aggregation_started.aggregate_mission_metrics'],
    ['metrics_worker', 'charter.v1.telemetry.data_received.robot_001'],
    ['reader', 'charter.v1.telemetry.data_received.robot_001'],
  ] as const)('refuse the %s the events of others, and to delete streams', async (user, foreign) => {
    const subjects = [
      foreign,
      ...streams.flatMap((stream) => [`$JS.API.STREAM.DELETE.${stream}`, `$JS.API.STREAM.PURGE.${stream}`]),
    ];
    // Each server reads the file for itself.
    for (const { url } of cluster.servers) {
      const refused = await forbiddenSubjects({ servers: url, ...loginOf(user) }, (nc) => {
        for (const subject of subjects) nc.publish(subject);
      });
      expect(refused).toEqual(subjects);
    }
  });
});
