import { connect, type Socket } from 'node:net';

import { eventually, readStored, startBalancer, startNats, startRedis, type Server } from '@fleet/testing';

import { startGatewayProcess, type GatewayProcess } from './harness/gateway-process.ts';
import { connectTestRobot } from './harness/robot.ts';
import { pairedUp } from './proof/connection-pairs.ts';
import {
  allConfirmed,
  closeAll,
  connectedAll,
  connectProofRobots,
  keepSending,
  sendOne,
} from './proof/robots.ts';
import { sizeOf } from './proof/scale.ts';
import { faultsOfStored } from './proof/stored-samples.ts';

jest.setTimeout(300_000);

const stormSize = sizeOf('PROOF_STORM', 5_000);
const slowSize = sizeOf('PROOF_SLOW', 1_000);
const unfinishedSize = sizeOf('PROOF_UNFINISHED', 1000);

let nats: Server;
let redis: Server;
let gateway: GatewayProcess;

beforeAll(async () => {
  [nats, redis] = await Promise.all([startNats(), startRedis()]);
  gateway = await startGatewayProcess({
    NATS_URL: nats.url,
    REDIS_URL: redis.url,
    // Who does not read does not see pings either: what is meant to end a connection here is its outgoing queue.
    HEARTBEAT_INTERVAL_MS: '60000',
  });
});

afterAll(async () => {
  await gateway.child[Symbol.asyncDispose]();
  await Promise.all([nats.stop(), redis.stop()]);
});

const figure = async (name: string): Promise<number> => {
  const text = await (await fetch(`${gateway.admin}/metrics`)).text();
  const value = Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  if (Number.isNaN(value)) throw new Error(`there is no figure ${name}`);
  return value;
};

const residentBytes = (): Promise<number> => figure('process_resident_memory_bytes');

it('takes back a fleet that was cut off all at once', async () => {
  await using balancer = await startBalancer([gateway.port]);
  await using robots = connectProofRobots(`ws://127.0.0.1:${balancer.port}`, 'storm', stormSize, {
    reconnect: { minMs: 1, maxMs: 500 },
    dialTimeoutMs: 60_000,
  });
  await connectedAll(robots, 120_000);
  robots.forEach(sendOne);
  balancer.cut();
  robots.forEach(sendOne);
  await eventually(() => robots.every(({ client }) => client.status().connections >= 2), {
    withinMs: 120_000,
    describe: 'everybody is back',
  });
  await connectedAll(robots, 120_000);
  robots.forEach(sendOne);
  await allConfirmed(robots, 120_000);
  expect(robots.flatMap(({ lost }) => lost)).toEqual([]);
  expect(await faultsOfStored(nats.url, robots)).toEqual([]);
  expect(await figure('fleet_gateway_connections')).toBe(stormSize);
  await closeAll(robots);
  const { established } = await pairedUp(nats.url);
  expect(established).toBeGreaterThanOrEqual(2 * stormSize);
});

/** A kilobyte that is answered with fifty: five hundred samples that are none. */
const costly = JSON.stringify({ type: 'telemetry_batch', samples: Array<number>(500).fill(0) });
const samplesEach = 100;

it('bounds what those who do not read make it hold, and ends the greedy with 4002', async () => {
  const before = await residentBytes();
  await using bystanders = connectProofRobots(gateway.ws, 'reader', 1);
  await connectedAll(bystanders);
  const stopSending = keepSending(bystanders, 10);
  const greedyCount = Math.ceil(slowSize / 10);
  const slow = await Promise.all(
    Array.from({ length: slowSize }, (_, index) => {
      const robotId = `${index < greedyCount ? 'greedy' : 'slow'}_${index}`;
      return connectTestRobot(`${gateway.ws}/ws/${robotId}?session=s`);
    }),
  );
  for (const { socket } of slow) socket.pause();
  const greedy = slow.slice(0, greedyCount);
  const quiet = slow.slice(greedyCount);
  for (const robot of quiet) for (let seq = 1; seq <= samplesEach; seq += 1) robot.telemetry(seq);

  const sending = setInterval(() => {
    for (const { socket } of greedy) if (socket.bufferedAmount < costly.length) socket.send(costly);
  }, 20);
  try {
    await eventually(
      async () => {
        const closed = await readStored(nats.url, 'telemetry.connection_closed');
        const ended = closed.filter(({ payload }) => payload.robot_id.startsWith('greedy_'));
        for (const { payload } of ended) expect(payload.reason).toBe('slow_consumer');
        if (ended.length === greedyCount) return true;
        throw new Error(`${ended.length} of ${greedyCount} have ended`);
      },
      { withinMs: 120_000, describe: 'the greedy are sent away' },
    );
  } finally {
    clearInterval(sending);
  }
  const stored = await eventually(
    async () => {
      const events = await readStored(nats.url, 'telemetry.data_received');
      const ofSlow = events.filter(({ payload }) => payload.robot_id.startsWith('slow_')).length;
      return ofSlow >= quiet.length * samplesEach && ofSlow;
    },
    { withinMs: 60_000, describe: 'what the quiet sent is stored' },
  );
  expect(stored).toBe(quiet.length * samplesEach);
  expect(quiet.filter(({ closed }) => closed !== undefined)).toEqual([]);
  expect((await residentBytes()) - before).toBeLessThan(256 * 1024 * 1024);
  stopSending();
  await allConfirmed(bystanders);
  expect(bystanders[0]?.client.status()).toMatchObject({ state: 'connected', connections: 1 });

  // Those who begin to read find everything that was said to them.
  for (const robot of quiet) robot.socket.resume();
  for (const robot of quiet) await robot.acked(samplesEach);
  for (const { socket } of slow) socket.terminate();
});

const openings = [
  '',
  'GET /ws/never HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-Web',
  'GET /ws/never HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n',
  'GET',
];

it('cuts off those who never finish the upgrade, and serves the others meanwhile', async () => {
  await using bystanders = connectProofRobots(gateway.ws, 'finished', 1);
  await connectedAll(bystanders);
  const stopSending = keepSending(bystanders, 10);
  let open = 0;
  const visitors = Array.from({ length: unfinishedSize }, (_, index): Socket => {
    const visitor = connect(gateway.port, '127.0.0.1');
    visitor.on('connect', () => {
      open += 1;
      visitor.write(openings[index % openings.length] ?? '');
    });
    visitor.on('error', () => undefined);
    visitor.resume();
    return visitor;
  });
  await eventually(() => open === unfinishedSize, { withinMs: 60_000, describe: 'all are connected' });
  const [robot] = bystanders;
  const before = robot?.acked ?? 0;
  await eventually(() => (robot?.acked ?? 0) > before + 10, { withinMs: 60_000 });
  expect(visitors.filter(({ destroyed }) => !destroyed).length).toBeGreaterThan(0);
  await eventually(() => visitors.every(({ destroyed }) => destroyed), {
    withinMs: 120_000,
    describe: 'all of them are cut off',
  });
  stopSending();
  await allConfirmed(bystanders);
  expect(robot?.client.status()).toMatchObject({ state: 'connected', connections: 1 });
});
