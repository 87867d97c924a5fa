import { eventually, readStored, startBalancer } from '@fleet/testing';
import { Redis } from 'ioredis';

import { services } from '../src/manifests/repository.ts';
import { docker, inspectContainer, stopContainer } from './containers/docker.ts';
import { startGateways } from './containers/gateways.ts';
import { buildServices } from './containers/images.ts';
import { allAcked, furtherAcks, sendingRobots } from './containers/robots.ts';
import { startStack, type Part, type Stack } from './containers/stack.ts';
import { faultsOfStored } from './containers/stored-numbers.ts';

const version = 'test';

describe('the stack of docker/compose.yaml', () => {
  let stack: Stack;
  const nats = () => stack.url('nats', 'nats');

  beforeAll(async () => {
    await buildServices(version);
    stack = await startStack(version);
  }, 1_200_000);

  afterAll(() => stack[Symbol.asyncDispose](), 120_000);

  /** An outage: SIGKILL, and what an operator or an orchestrator does about it. */
  const killAndStart = async (part: Part) => {
    await docker('kill', stack.container(part));
    await docker('start', stack.container(part));
  };

  const healthy = (part: Part) =>
    eventually(
      async () => (await inspectContainer(stack.container(part))).State.Health?.Status === 'healthy',
      { withinMs: 120_000, describe: `${part} is healthy` },
    );

  /** Lets the worker count missions now; resolves when it tells of that. */
  const countMissions = async () => {
    const told = async () => (await readStored(nats(), 'metrics.aggregation_completed')).length;
    const before = await told();
    await eventually(
      async () => {
        const url = `${stack.url('metrics-worker')}/jobs/aggregate_mission_metrics/run`;
        await fetch(url, { method: 'POST', signal: AbortSignal.timeout(10_000) });
        return (await told()) > before;
      },
      { withinMs: 90_000, describe: 'metrics.aggregation_completed' },
    );
  };

  it('comes up in order, each part healthy', async () => {
    const started = new Map<Part, string>();
    for (const part of ['nats', 'redis', ...services, 'prometheus'] as const) {
      const { State } = await inspectContainer(stack.container(part));
      expect(State.Health?.Status).toBe('healthy');
      started.set(part, State.StartedAt);
    }
    const order = [...started].sort(([, a], [, b]) => a.localeCompare(b)).map(([part]) => part);
    expect(new Set(order.slice(0, 2))).toEqual(new Set(['nats', 'redis']));
    expect(order.at(-1)).toBe('prometheus');
  }, 60_000);

  it.each(services)(
    'runs the %s as nobody, without rights, on a root it cannot write to',
    async (service) => {
      const inside = (...args: string[]) => docker('exec', stack.container(service), ...args);
      expect(await inside('id', '-u')).toBe('1000');
      const status = await inside('cat', '/proc/1/status');
      expect(status).toMatch(/^CapEff:\s*0+$/m);
      expect(status).toMatch(/^NoNewPrivs:\s*1$/m);
      for (const directory of ['/', '/fleet', '/tmp'])
        await expect(inside('touch', `${directory}/trace`)).rejects.toThrow(/Read-only file system/);
    },
    60_000,
  );

  it('stores what robots send and counts what missions report', async () => {
    await using robots = sendingRobots(stack.url('telemetry-gateway', 'ws'), 'first', 3);
    await furtherAcks(robots, 5);
    robots.stopSending();
    await allAcked(robots);
    expect(await faultsOfStored(nats(), robots)).toEqual([]);

    const redis = new Redis(stack.url('redis', 'redis'));
    try {
      const fields = ['event_type', 'mission.completed', 'mission_id', 'mission_1'];
      await redis.xadd('brain.events.missions', '*', ...fields);
    } finally {
      redis.disconnect();
    }
    await countMissions();
    const completed = await readStored(nats(), 'metrics.aggregation_completed');
    expect(completed.reduce((sum, { payload }) => sum + payload.entries_processed, 0)).toBe(1);
  }, 180_000);

  it('is read by its Prometheus', async () => {
    const query = encodeURIComponent('sum by (job) (up)');
    await eventually(
      async () => {
        const response = await fetch(`${stack.url('prometheus')}/api/v1/query?query=${query}`);
        const { data } = (await response.json()) as {
          data: { result: { metric: { job: string }; value: [number, string] }[] };
        };
        const up = data.result.filter(({ value }) => value[1] === '1').map(({ metric }) => metric.job);
        return services.every((service) => up.includes(service));
      },
      { withinMs: 60_000, describe: 'both services are up' },
    );
  }, 90_000);

  it('loses nothing confirmed when any part is killed and returns', async () => {
    await using robots = sendingRobots(stack.url('telemetry-gateway', 'ws'), 'outage', 5);
    await furtherAcks(robots, 3);
    for (const part of ['nats', 'redis', 'metrics-worker', 'telemetry-gateway'] as const) {
      await killAndStart(part);
      await furtherAcks(robots, 5);
    }
    await countMissions();
    robots.stopSending();
    await allAcked(robots);
    expect(robots.flatMap(({ lost }) => lost)).toEqual([]);
    expect(await faultsOfStored(nats(), robots)).toEqual([]);
    for (const service of services) await healthy(service);
  }, 400_000);

  it('ends with exit code 0 when it is stopped, its robots told before', async () => {
    await using robots = sendingRobots(stack.url('telemetry-gateway', 'ws'), 'stopped', 5);
    await furtherAcks(robots, 3);
    for (const service of services) expect(await stopContainer(stack.container(service))).toBe(0);
    for (const { closings } of robots) expect(closings).toEqual(['server_shutdown']);
    for (const service of services) await docker('start', stack.container(service));
    await furtherAcks(robots, 3);
    for (const service of services) await healthy(service);
  }, 300_000);

  it('restarts two gateways behind a balancer one by one, and no robot is away for more than 5 s', async () => {
    await using gateways = await startGateways(2, { version, network: stack.network });
    // As an orchestrator does: an instance that is about to end, or not yet ready, is given no robots.
    const targets = [...gateways.ports];
    await using balancer = await startBalancer(targets);
    await using robots = sendingRobots(`ws://127.0.0.1:${balancer.port}`, 'rolling', 20);
    await furtherAcks(robots, 5);
    for (const [index, port] of gateways.ports.entries()) {
      targets.splice(targets.indexOf(port), 1);
      expect(await gateways.restart(index)).toBe(0);
      targets.push(port);
    }
    await furtherAcks(robots, 5);
    robots.stopSending();
    await allAcked(robots);
    expect(robots.flatMap(({ lost }) => lost)).toEqual([]);
    expect(await faultsOfStored(nats(), robots)).toEqual([]);
    for (const { closings } of robots) expect(new Set(closings)).toEqual(new Set(['server_shutdown']));
    expect(Math.max(...robots.flatMap(({ gapsMs }) => gapsMs))).toBeLessThan(5000);
  }, 400_000);
});
