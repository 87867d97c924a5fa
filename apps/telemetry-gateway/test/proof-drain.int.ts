import { eventually, startBalancer, startNats, startRedis } from '@fleet/testing';

import { startTestGateway } from './harness/gateway.ts';
import { TestRobot } from './harness/robot.ts';
import { pairedUp } from './proof/connection-pairs.ts';
import { Gateways } from './proof/gateways.ts';
import { watchStates } from './proof/presence-watch.ts';
import {
  allConfirmed,
  closeAll,
  connectedAll,
  connectProofRobots,
  keepSending,
  totalAcked,
  type ProofRobot,
} from './proof/robots.ts';
import { sizeOf } from './proof/scale.ts';
import { faultsOfStored } from './proof/stored-samples.ts';

const robotCount = sizeOf('PROOF_ROBOTS', 40);
const perSecond = sizeOf('PROOF_RATE', 5);

const shownBy = async (url: string, robotId: string): Promise<Record<string, unknown>> =>
  (await (await fetch(`${url}/robots/${robotId}`)).json()) as Record<string, unknown>;

/** The robots that the first gateway holds, and the others. */
const splitByInstance = async (
  url: string,
  robots: readonly ProofRobot[],
): Promise<[ProofRobot[], ProofRobot[]]> => {
  const split: [ProofRobot[], ProofRobot[]] = [[], []];
  for (const robot of robots) {
    const { instance } = await shownBy(url, robot.robotId);
    split[instance === 'gateway-0' ? 0 : 1].push(robot);
  }
  return split;
};

it('sends robots away one by one under load, loses nothing confirmed, and they return elsewhere without a flap', async () => {
  await using nats = await startNats();
  await using redis = await startRedis();
  const env = { NATS_URL: nats.url, REDIS_URL: redis.url, DRAIN_SECONDS: '4' };
  await using gateways = await Gateways.start(2, env);
  await using balancer = await startBalancer(gateways.ports);
  await using robots = connectProofRobots(`ws://127.0.0.1:${balancer.port}`, 'drained', robotCount);
  await connectedAll(robots);
  const stopSending = keepSending(robots, perSecond);
  await eventually(() => totalAcked(robots) > robotCount * perSecond, { withinMs: 60_000 });

  const remaining = `http://127.0.0.1:${gateways.ports[1]}`;
  const [leaving, staying] = await splitByInstance(remaining, robots);
  expect(leaving.length).toBeGreaterThan(robotCount / 4);
  expect(staying.length).toBeGreaterThan(0);
  const watches = leaving.map(({ robotId }) => watchStates([remaining], robotId));

  const reconnects: number[] = [];
  const codes: number[] = [];
  let ackedAtFirstClose: number[] | undefined;
  /** Robots that were served on after the first one had been sent away, and before they were themselves. */
  let servedBetween = 0;
  for (const [index, robot] of leaving.entries()) {
    const { client } = robot;
    client.on('closing', ({ reason, reconnectMs }) => {
      if (reason === 'server_shutdown') reconnects.push(reconnectMs);
    });
    client.on('disconnected', ({ code, wasConnected }) => {
      if (!wasConnected) return;
      codes.push(code);
      ackedAtFirstClose ??= leaving.map(({ acked }) => acked);
      if (robot.acked > (ackedAtFirstClose[index] ?? 0)) servedBetween += 1;
    });
  }
  const { child } = gateways.of(0);
  child.kill('SIGTERM');
  expect(await child.exited).toEqual({ code: 0, signal: null });

  expect(codes).toEqual(leaving.map(() => 1012));
  expect(reconnects).toHaveLength(leaving.length);
  expect(new Set(reconnects).size).toBeGreaterThan(1);
  expect(servedBetween).toBeGreaterThan(leaving.length / 4);
  expect(Math.max(...reconnects)).toBeLessThanOrEqual(5000);
  await connectedAll(robots);
  for (const { robotId } of leaving) {
    await eventually(async () => (await shownBy(remaining, robotId))['instance'] === 'gateway-1');
  }
  for (const watch of watches) expect(await watch.stop()).toEqual(['online']);
  for (const { client } of staying) expect(client.status().connections).toBe(1);

  stopSending();
  await allConfirmed(robots);
  expect(robots.flatMap(({ lost }) => lost)).toEqual([]);
  expect(await faultsOfStored(nats.url, robots)).toEqual([]);
  await closeAll(robots);
  const { reasons } = await pairedUp(nats.url);
  expect(reasons).toEqual({ server_shutdown: leaving.length, client_disconnect: robotCount });
}, 240_000);

it('sends away those too who come while it begins to drain', async () => {
  await using nats = await startNats();
  await using redis = await startRedis();
  for (let round = 0; round < 3; round += 1) {
    const gateway = await startTestGateway({
      NATS_URL: nats.url,
      REDIS_URL: redis.url,
      DRAIN_SECONDS: '1',
    });
    const robots: TestRobot[] = [];
    const come = setInterval(() => {
      for (let many = 0; many < 5; many += 1)
        robots.push(new TestRobot(`${gateway.ws}/ws/stormy_${round}_${robots.length}`));
    }, 4);
    await eventually(() => robots.filter(({ said }) => said.length > 0).length > 100);
    const stopped = gateway.stop();
    setTimeout(() => clearInterval(come), 50);
    await stopped;
    const welcomed = robots.filter((robot) => robot.all('welcome').length > 0);
    const codes = await Promise.all(welcomed.map(async (robot) => (await robot.untilClosed()).code));
    expect(new Set(codes)).toEqual(new Set([1012]));
  }
}, 60_000);
