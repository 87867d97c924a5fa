import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { eventually, startChild, startNats, startRedis, type Child, type Server } from '@fleet/testing';
import { connect } from '@nats-io/transport-node';
import { WebSocket } from 'ws';

import { queriesOfOperators } from '../src/manifests/queries.ts';
import { metricsOf } from '../src/manifests/query-metrics.ts';
import { operatorsFiles, type ServiceName } from '../src/manifests/repository.ts';
import { startPrometheus, type Prometheus } from './prometheus/start-prometheus.ts';

const root = join(__dirname, '../..');

const promtool = (...args: string[]): string => {
  const { error, status, stdout, stderr } = spawnSync('promtool', args, {
    cwd: root,
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (error !== undefined) {
    const remedy = 'promtool is needed: apt-get install --no-install-recommends prometheus';
    throw new Error(remedy, { cause: error });
  }
  return status === 0 ? 'ok' : stdout + stderr;
};

describe('the alerts, to promtool', () => {
  it('are rules, and Prometheus takes its configuration', () => {
    expect(promtool('check', 'rules', 'docker/prometheus/alerts.yaml')).toBe('ok');
    expect(promtool('check', 'config', 'docker/prometheus/prometheus.yaml')).toBe('ok');
  });

  it('fire when they should, and not otherwise', () => {
    const tests = operatorsFiles('.yaml').filter((path) => path.startsWith('docker/prometheus/tests/'));
    expect(tests.length).toBeGreaterThan(3);
    expect(promtool('test', 'rules', ...tests)).toBe('ok');
  }, 60_000);
});

interface Started {
  readonly child: Child;
  readonly port: number;
  readonly adminPort: number;
}

/** A robot that sends what it has, again and again, whatever becomes of it. */
const startRobot = async (port: number, robotId: string): Promise<Disposable> => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/${robotId}`);
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  // As many readings as a message may have: whoever asks for them has much to say of it.
  const names = Array.from({ length: 128 }, (_, index) => `reading_${index}`.padEnd(64, '_'));
  const metrics = Object.fromEntries(names.map((name) => [name, 1.5]));
  let seq = 0;
  const timer = setInterval(() => {
    seq += 1;
    socket.send(JSON.stringify({ type: 'telemetry', seq, metrics }));
  }, 200);
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      socket.terminate();
    },
  };
};

describe('the alerts, over real services', () => {
  let nats: Server;
  let redis: Server;
  let gateway: Started;
  let worker: Started;
  let robot: Disposable;
  let prometheus: Prometheus;

  const start = async (service: ServiceName, adminPort = 0): Promise<Started> => {
    const child = startChild({
      entry: join(root, 'apps', service, 'src/main.ts'),
      env: {
        NATS_URL: nats.url,
        REDIS_URL: redis.url,
        PORT: '0',
        ADMIN_PORT: String(adminPort),
        // A tenth, as all the times of the rules are.
        AGGREGATION_INTERVAL_SECONDS: '3',
      },
    });
    const line = await child.line(/(gateway|worker) listens/, 60_000);
    return { child, ...(JSON.parse(line) as { port: number; adminPort: number }) };
  };

  /** By now, if not any more: what is counted in a window leaves it again. */
  const fires = (...alerts: string[]): Promise<unknown> =>
    eventually(
      async () => {
        const fired = await prometheus.query('max_over_time(ALERTS{alertstate="firing"}[10m])');
        const names = fired.map(({ metric }) => metric['alertname']);
        expect(names).toEqual(expect.arrayContaining(alerts));
        return true;
      },
      { withinMs: 60_000 },
    );

  beforeAll(async () => {
    [nats, redis] = await Promise.all([startNats(), startRedis()]);
    [gateway, worker] = await Promise.all([start('telemetry-gateway'), start('metrics-worker')]);
    (await startRobot(gateway.port, 'robot_000'))[Symbol.dispose]();
    robot = await startRobot(gateway.port, 'robot_001');
    prometheus = await startPrometheus({
      'telemetry-gateway': gateway.adminPort,
      'metrics-worker': worker.adminPort,
    });
  }, 180_000);

  afterAll(async () => {
    robot[Symbol.dispose]();
    await prometheus[Symbol.asyncDispose]();
    for (const { child } of [gateway, worker]) await child[Symbol.asyncDispose]();
    await Promise.all([nats.stop(), redis.stop()]);
  }, 60_000);

  it('are silent while all is well, and Prometheus has every series that they and the dashboards ask for', async () => {
    const stored = 'fleet_gateway_samples_total{job="telemetry-gateway", outcome="stored"} > 10';
    await eventually(async () => (await prometheus.query(stored)).length === 1, { withinMs: 60_000 });
    await eventually(async () => (await prometheus.query('up == 1')).length === 2);
    expect(await fetch(`http://127.0.0.1:${gateway.port}/robots/robot_001`)).toMatchObject({ ok: true });
    const asked = queriesOfOperators().flatMap(([, expression]) => metricsOf(expression));
    await eventually(
      async () => {
        const names = await prometheus.names();
        expect([...new Set(asked)].filter((name) => !names.has(name))).toEqual([]);
        return true;
      },
      { withinMs: 60_000 },
    );
    // Long enough for every wait of every rule but the hourly ones.
    const scrapes = 'count_over_time(up{job="metrics-worker"}[5m]) > 25';
    await eventually(async () => (await prometheus.query(scrapes)).length === 1, { withinMs: 60_000 });
    const fired = await prometheus.query('max_over_time(ALERTS{alertstate="firing"}[5m])');
    expect(fired.map(({ metric }) => metric['alertname'])).toEqual([]);
  }, 180_000);

  it('and the dashboards ask nothing that Prometheus does not understand', async () => {
    const asked = queriesOfOperators();
    expect(asked.length).toBeGreaterThan(80);
    for (const [, expression] of asked) {
      const filled = expression
        .replace(/\$__(rate_)?interval\b/g, '10s')
        .replace(/\$__range\b/g, '1m')
        .replace(/\$\{?\w+\}?/g, '.*');
      await expect(prometheus.query(filled)).resolves.toBeDefined();
    }
    await expect(prometheus.query('sum by (job (up)')).rejects.toThrow(/parse error/);
  }, 60_000);

  it('tell of a dead letter', async () => {
    const client = await connect({ servers: nats.url });
    client.publish('charter.v1.telemetry.data_received.robot_002', '{"no":"event"}');
    await client.drain();
    await fires('FleetDeadLetters');
  }, 90_000);

  it('tell of readiness that comes and goes', async () => {
    const ready = 'sum(fleet_event_stream_ready)';
    const becomes = (value: number) =>
      eventually(async () => (await prometheus.query(`${ready} == ${value}`)).length === 1, {
        withinMs: 30_000,
      });
    for (let times = 0; times < 3; times += 1) {
      await becomes(2);
      await nats.kill();
      await becomes(0);
      await nats.start();
    }
    await fires('FleetEventStreamFlapping');
    await becomes(2);
  }, 180_000);

  it('tell of what stands still and what is lost while NATS and Redis are away', async () => {
    await Promise.all([nats.kill(), redis.kill()]);
    // Each tells what the robot's 128 readings are; more than the memory for events holds.
    const ask = async (): Promise<void> => {
      const response = await fetch(`http://127.0.0.1:${gateway.port}/robots/robot_001/metrics`);
      await response.arrayBuffer();
    };
    const lost = async () =>
      (await prometheus.query('sum(fleet_event_stream_dropped_events_total{job="telemetry-gateway"}) > 0'))
        .length > 0;
    await eventually(
      async () => {
        for (let round = 0; round < 20; round += 1) await Promise.all(Array.from({ length: 20 }, ask));
        return lost();
      },
      { withinMs: 90_000 },
    );
    await fires(
      'FleetNothingStored',
      'FleetBacklogOld',
      'FleetEventsDropped',
      'FleetEventStreamAway',
      'FleetJobNotFinished',
    );
  }, 240_000);

  it('tell of jobs that nobody holds', async () => {
    worker.child.kill('SIGKILL');
    await worker.child.exited;
    // Redis is away still: it cannot take a lease.
    worker = await start('metrics-worker', worker.adminPort);
    await fires('FleetJobWithoutHolder');
  }, 120_000);

  it('fall silent when all is well again', async () => {
    await Promise.all([nats.start(), redis.start()]);
    await eventually(
      async () => {
        const firing = await prometheus.firing();
        const events = ['FleetNothingStored', 'FleetBacklogOld', 'FleetEventStreamAway'];
        const jobs = ['FleetJobNotFinished', 'FleetJobWithoutHolder'];
        expect(firing.filter((alert) => [...events, ...jobs].includes(alert))).toEqual([]);
        return true;
      },
      { withinMs: 60_000 },
    );
  }, 120_000);
});
