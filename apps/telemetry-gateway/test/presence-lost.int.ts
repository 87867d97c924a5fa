import { resolve } from 'node:path';
import { connectRedis, keys, type FleetRedis } from '@fleet/fleet-store';
import {
  eventually,
  startBalancer,
  startChild,
  startNats,
  startRedis,
  type Child,
  type Server,
} from '@fleet/testing';
import { StoredEvents } from './harness/events.ts';
import { startTestGateway, type TestGateway } from './harness/gateway.ts';
import { connectTestRobot, type TestRobot } from './harness/robot.ts';

/** A gateway is lost after ten seconds and what it left open is closed soon after; a busy machine takes longer. */
const closingMs = 60_000;

const silent = () => undefined;
const quiet = { debug: silent, info: silent, warn: silent, error: silent };

let nats: Server;
let redis: Server;
let stored: StoredEvents;
let survivor: TestGateway;
let doomed: Child;
let doomedUrl: string;
let robots: TestRobot[] = [];

const environment = () => ({
  NATS_URL: nats.url,
  REDIS_URL: redis.url,
});

async function startDoomed(): Promise<void> {
  doomed = startChild({
    entry: resolve('src/main.ts'),
    env: {
      ...environment(),
      ...{ PORT: '0', ADMIN_PORT: '0', SERVICE_INSTANCE: 'doomed', LOG_LEVEL: 'info', DRAIN_SECONDS: '1' },
      ...{ HEARTBEAT_INTERVAL_MS: '60000', CONNECTIONS_PER_ADDRESS_PER_MINUTE: '0' },
    },
  });
  const line = await doomed.line(/gateway listens/, 60_000);
  doomedUrl = `ws://127.0.0.1:${(JSON.parse(line) as { port: number }).port}`;
}

const robotIds = ['lost_1', 'lost_2'];

/** Two robots on the gateway that is to be lost, their openings stored and their presence in Redis. */
async function connectRobots(): Promise<string[]> {
  robots = await Promise.all(robotIds.map((id) => connectTestRobot(`${doomedUrl}/ws/${id}`)));
  const openings = await Promise.all(
    robotIds.map((id) => stored.one('telemetry.connection_established', id)),
  );
  for (const robotId of robotIds) await eventually(async () => (await shown(robotId)).state === 'online');
  return openings.map(({ payload }) => payload.connection_id);
}

async function inStore(act: (commands: FleetRedis['commands']) => Promise<unknown>): Promise<void> {
  const store = connectRedis({ url: redis.url, name: 'test', log: quiet });
  await store.untilReady(AbortSignal.timeout(20_000));
  await act(store.commands);
  await store.stop();
}

const flush = () => inStore((commands) => commands.flushall());

/** Takes robots out of presence, as if their gateway had died before it brought them there. */
const forget = (robotIds: readonly string[]) =>
  inStore(async (commands) => {
    await commands.del(robotIds.map(keys.presence));
    await commands.zrem(keys.robots(), [...robotIds]);
  });

/** As if the gateway of a robot had claimed another, and died before the stream heard of that. */
const claimLike = (robotId: string, another: string) =>
  inStore(async (commands) => {
    await commands.copy(keys.presence(robotId), keys.presence(another));
    await commands.hset(keys.presence(another), 'connection', `ws_${another}`);
    await commands.zadd(keys.robots(), 0, another);
  });

/** As another gateway does, that takes a robot's for lost. */
const declareLost = (robotId: string) =>
  inStore((commands) =>
    commands.hset(keys.presence(robotId), { ended_at: String(Date.now()), reason: 'gateway_lost' }),
  );

const closingsOf = (connectionId: string) =>
  stored.of('telemetry.connection_closed').filter(({ payload }) => payload.connection_id === connectionId);

const shown = async (robotId: string) =>
  (await (await fetch(`${survivor.http}/robots/${robotId}`)).json()) as Record<string, unknown>;

/** Everything that was stored before is seen when a robot's visit that begins now is. */
async function settled(robotId: string): Promise<void> {
  const robot = await connectTestRobot(`${survivor.ws}/ws/${robotId}`);
  robot.close();
  await stored.one('telemetry.connection_closed', robotId);
}

async function closedOnceAsLost(connectionIds: readonly string[]): Promise<void> {
  for (const connectionId of connectionIds) {
    const [closing] = await eventually(
      () => {
        const found = closingsOf(connectionId);
        return found.length > 0 ? found : undefined;
      },
      { withinMs: closingMs, describe: `${connectionId} is closed` },
    );
    expect(closing?.payload.reason).toBe('gateway_lost');
    expect(closing?.payload.duration_seconds).toBeGreaterThanOrEqual(0);
  }
  for (const robotId of robotIds) {
    await eventually(async () => {
      expect(await shown(robotId)).toMatchObject({ state: 'offline', reason: 'gateway_lost' });
      return true;
    });
  }
  await settled('visitor');
  expect(connectionIds.map((id) => closingsOf(id).length)).toEqual(connectionIds.map(() => 1));
}

beforeEach(async () => {
  // Redis keeps nothing over a kill: presence and the register have to come back from the gateways and the stream.
  [nats, redis] = await Promise.all([startNats(), startRedis({ appendOnly: false })]);
  stored = new StoredEvents(nats.url);
  survivor = await startTestGateway(environment());
  await startDoomed();
}, 120_000);

afterEach(async () => {
  for (const robot of robots.splice(0)) robot.socket.terminate();
  await doomed[Symbol.asyncDispose]();
  await survivor.stop();
  await stored[Symbol.asyncDispose]();
  await Promise.all([nats.stop(), redis.stop()]);
}, 120_000);

it('closes once what a killed gateway left open', async () => {
  const connectionIds = await connectRobots();
  doomed.kill('SIGKILL');
  await closedOnceAsLost(connectionIds);
}, 120_000);

it('closes it once, and knows of it, when Redis is killed after the gateway and loses everything', async () => {
  const connectionIds = await connectRobots();
  doomed.kill('SIGKILL');
  await doomed.exited;
  await redis.kill();
  await redis.start();
  await closedOnceAsLost(connectionIds);
}, 180_000);

it('knows robots whose gateway died before presence had heard of them', async () => {
  const connectionIds = await connectRobots();
  doomed.kill('SIGKILL');
  await doomed.exited;
  await forget(robotIds);
  expect(await shown('lost_1')).toMatchObject({ status: 404 });
  await closedOnceAsLost(connectionIds);
  const { robots: listed } = (await (await fetch(`${survivor.http}/robots`)).json()) as { robots: object[] };
  for (const robotId of robotIds) {
    expect(listed).toContainEqual(expect.objectContaining({ robot_id: robotId, instance: null }));
  }
}, 180_000);

it('never shows a robot that is there as gone while presence is read anew', async () => {
  await connectRobots();
  for (const robot of robots) robot.close();
  for (const robotId of robotIds) await eventually(async () => (await shown(robotId)).state === 'offline');
  robots = await Promise.all(robotIds.map((id) => connectTestRobot(`${doomedUrl}/ws/${id}`)));
  const openings = await stored.many('telemetry.connection_established', 4);
  const current = openings.slice(2).map(({ payload }) => payload.connection_id);
  // The owner has nothing to say for a while: what is known is known from the stream.
  process.kill(doomed.pid, 'SIGSTOP');
  try {
    await flush();
    const seen: Record<string, unknown>[] = [];
    await eventually(
      async () => {
        const now = await Promise.all(robotIds.map(shown));
        seen.push(...now.filter(({ status }) => status !== 404));
        return now.every(({ connection_id: id }) => current.includes(String(id)));
      },
      { withinMs: closingMs },
    );
    // That its owner is alive was lost with the rest: so it is unknown, but not gone.
    expect(seen.filter(({ state }) => state === 'offline')).toEqual([]);
  } finally {
    process.kill(doomed.pid, 'SIGCONT');
  }
}, 180_000);

it('ends what a lost gateway had claimed and not told the stream', async () => {
  await connectRobots();
  doomed.kill('SIGKILL');
  await doomed.exited;
  await claimLike('lost_1', 'never_told');
  expect(await shown('never_told')).toMatchObject({ instance: 'doomed' });
  await eventually(
    async () => {
      expect(await shown('never_told')).toMatchObject({ state: 'offline', reason: 'gateway_lost' });
      return true;
    },
    { withinMs: closingMs },
  );
}, 180_000);

it('closes what it was declared lost with, though the stream had not heard of the opening', async () => {
  const way = await startBalancer([Number(new URL(nats.url).port)]);
  await using silent = await startTestGateway({ ...environment(), NATS_URL: `nats://127.0.0.1:${way.port}` });
  await eventually(() => silent.log.some(({ msg }) => msg === 'event stream connected'));
  await way.stop();
  await eventually(() => silent.log.some(({ msg }) => msg === 'event stream disconnected'));
  const robot = await connectTestRobot(`${silent.ws}/ws/unheard`);
  await eventually(async () => (await shown('unheard')).state === 'online');
  await declareLost('unheard');
  expect((await robot.untilClosed()).code).toBe(1012);
  // Both went to the outbox, from where the survivor relays them.
  const [opening] = await stored.many('telemetry.connection_established', 1, 'unheard');
  const [closing] = await stored.many('telemetry.connection_closed', 1, 'unheard');
  expect(closing?.payload.connection_id).toBe(opening?.payload.connection_id);
}, 180_000);

it('closes it when another gateway reaches the event stream but not Redis', async () => {
  const way = await startBalancer([Number(new URL(redis.url).port)]);
  await using cutOff = await startTestGateway({
    ...environment(),
    REDIS_URL: `redis://127.0.0.1:${way.port}`,
  });
  await settled('before');
  await way.stop();
  await eventually(() => cutOff.log.some(({ msg }) => msg === 'redis is away'));
  const connectionIds = await connectRobots();
  // So many that each gateway is offered some of the events.
  const crowd = Array.from({ length: 24 }, (_, index) => `crowd_${index}`);
  robots.push(...(await Promise.all(crowd.map((id) => connectTestRobot(`${doomedUrl}/ws/${id}`)))));
  for (const id of crowd) await stored.one('telemetry.connection_established', id);
  doomed.kill('SIGKILL');
  await closedOnceAsLost(connectionIds);
  await eventually(() => crowd.every((id) => stored.of('telemetry.connection_closed', id).length === 1), {
    withinMs: 30_000,
    describe: 'all are closed',
  });
}, 180_000);

it('closes it though one of the openings makes no sense', async () => {
  const connectionIds = await connectRobots();
  const [{ meta } = { meta: {} }] = stored.of('telemetry.connection_established');
  await stored.publish(
    'telemetry.connection_established',
    { robot_id: 'senseless', connection_id: 'ws_senseless', connected_at: 1e306 },
    { meta },
  );
  doomed.kill('SIGKILL');
  await closedOnceAsLost(connectionIds);
  await stored.one('telemetry.connection_closed', 'senseless');
}, 180_000);

it('closes it once when NATS is killed before the gateway', async () => {
  const connectionIds = await connectRobots();
  await nats.kill();
  doomed.kill('SIGKILL');
  await doomed.exited;
  await nats.start();
  await closedOnceAsLost(connectionIds);
}, 180_000);

it('closes nothing when Redis is killed under gateways that live', async () => {
  const connectionIds = await connectRobots();
  await redis.kill();
  await eventually(() => survivor.log.some(({ msg }) => msg === 'redis is away'));
  await redis.start();
  await eventually(
    async () => {
      expect(await shown('lost_1')).toMatchObject({ state: 'online', instance: 'doomed' });
      return true;
    },
    { withinMs: closingMs },
  );
  await settled('visitor');
  expect(connectionIds.map((id) => closingsOf(id).length)).toEqual([0, 0]);
  expect(robots.map(({ closed }) => closed)).toEqual([undefined, undefined]);
}, 180_000);

it('makes the robots of a gateway that was taken for lost connect anew, and closes once', async () => {
  const connectionIds = await connectRobots();
  process.kill(doomed.pid, 'SIGSTOP');
  try {
    await closedOnceAsLost(connectionIds);
  } finally {
    process.kill(doomed.pid, 'SIGCONT');
  }
  for (const robot of robots) expect((await robot.untilClosed()).code).toBe(1012);
  await settled('another_visitor');
  expect(connectionIds.map((id) => closingsOf(id).length)).toEqual([1, 1]);
}, 180_000);
