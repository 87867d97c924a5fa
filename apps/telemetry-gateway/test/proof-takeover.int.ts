import { eventually, readStored, startNats, startRedis, type Server } from '@fleet/testing';

import { startTestGateway, type TestGateway } from './harness/gateway.ts';
import { connectTestRobot, type TestRobot } from './harness/robot.ts';
import { pairedUp } from './proof/connection-pairs.ts';
import { watchStates } from './proof/presence-watch.ts';
import { asFleet, connectProofRobots } from './proof/robots.ts';
import { sizeOf } from './proof/scale.ts';

jest.setTimeout(180_000);

const robotCount = sizeOf('PROOF_ROBOTS', 10);
/** Fewer than what is taken for a fight. */
const takeovers = 6;

let nats: Server;
let redis: Server;
let gateways: [TestGateway, TestGateway];

beforeAll(async () => {
  [nats, redis] = await Promise.all([startNats(), startRedis()]);
  const env = { NATS_URL: nats.url, REDIS_URL: redis.url };
  gateways = await Promise.all([startTestGateway(env), startTestGateway(env)]);
});

afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  await Promise.all([nats.stop(), redis.stop()]);
});

const shown = async ({ http }: TestGateway, robotId: string): Promise<Record<string, unknown>> =>
  (await (await fetch(`${http}/robots/${robotId}`)).json()) as Record<string, unknown>;

const idOf = async (robot: TestRobot): Promise<string> => (await robot.welcome())['connection_id'] as string;

/** Both instances show this connection, so that a poller of either has begun to see the robot. */
const shownOnBoth = async (robotId: string, connectionId: string): Promise<void> => {
  for (const gateway of gateways) {
    await eventually(async () => (await shown(gateway, robotId))['connection_id'] === connectionId, {
      withinMs: 30_000,
      describe: `${connectionId} is shown`,
    });
  }
};

/** The robot goes to and fro between the instances; its connections in order. */
const goToAndFro = async (robotId: string): Promise<string[]> => {
  const ids: string[] = [];
  let current = await connectTestRobot(`${gateways[0].ws}/ws/${robotId}`);
  ids.push(await idOf(current));
  await shownOnBoth(robotId, ids[0] ?? '');
  const states = watchStates(
    gateways.map(({ http }) => http),
    robotId,
  );
  for (let turn = 1; turn <= takeovers; turn += 1) {
    const older = current;
    current = await connectTestRobot(`${(turn % 2 === 0 ? gateways[0] : gateways[1]).ws}/ws/${robotId}`);
    ids.push(await idOf(current));
    expect(await older.untilClosed()).toEqual({ code: 4000, reason: 'replaced' });
    expect(older.all('closing')).toMatchObject([{ reason: 'replaced' }]);
  }
  await shownOnBoth(robotId, ids.at(-1) ?? '');
  expect(await states.stop()).toEqual(['online']);
  current.close();
  await current.untilClosed();
  return ids;
};

it('moves robots between instances: 4000 for the older connection, never offline, each closed once as replaced', async () => {
  const robotIds = Array.from({ length: robotCount }, (_, index) => `mover_${index}`);
  const visits = await Promise.all(robotIds.map((robotId) => goToAndFro(robotId)));
  await pairedUp(nats.url);
  const closings = await readStored(nats.url, 'telemetry.connection_closed');
  for (const ids of visits) {
    const last = ids.at(-1);
    for (const id of ids) {
      const reasons = closings.flatMap(({ payload }) => (payload.connection_id === id ? payload.reason : []));
      expect([id, reasons]).toEqual([id, [id === last ? 'client_disconnect' : 'replaced']]);
    }
  }
});

it('damps robots that fight for one id with 1013, and shows it', async () => {
  const endings: number[] = [];
  const delays: number[] = [];
  const reconnect = { minMs: 1, maxMs: 20 };
  await using fighters = asFleet(
    [...gateways, ...gateways, ...gateways].flatMap(({ ws }) =>
      connectProofRobots(ws, 'fought', 1, { whenReplaced: 'reconnect', reconnect }),
    ),
  );

  for (const { client } of fighters) {
    client.on('disconnected', ({ code }) => void endings.push(code));
    client.on('closing', ({ reason, reconnectMs }) => {
      if (reason === 'contested') delays.push(reconnectMs);
    });
  }
  await eventually(() => endings.includes(1013), {
    withinMs: 60_000,
    describe: 'one is sent away with 1013',
  });
  expect(endings.filter((code) => code === 4000).length).toBeGreaterThan(10);
  await eventually(() => delays.length > 0);
  expect(Math.min(...delays)).toBeGreaterThan(0);
  for (const gateway of gateways) {
    await eventually(
      async () => {
        const robot = await shown(gateway, 'fought_0');
        expect(robot).toMatchObject({ state: 'online', contested: true });
        expect(robot['takeovers_per_minute']).toBeGreaterThan(15);
        return true;
      },
      { withinMs: 30_000, describe: 'the fight is shown' },
    );
  }
  await eventually(() =>
    gateways.some(({ log }) =>
      log.some(({ level, msg }) => level === 'warn' && msg === 'robots fight for one id'),
    ),
  );
  // The one that holds the robot is left in peace, the others wait.
  await eventually(() => fighters.filter(({ client }) => client.status().state === 'connected').length === 1);
});
