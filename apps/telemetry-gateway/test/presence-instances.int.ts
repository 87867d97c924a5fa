import { eventually, startNats, startRedis, type Server } from '@fleet/testing';
import { StoredEvents } from './harness/events.ts';
import { startTestGateway, type TestGateway } from './harness/gateway.ts';
import { connectTestRobot } from './harness/robot.ts';

let nats: Server;
let redis: Server;
let stored: StoredEvents;
let first: TestGateway;
let second: TestGateway;

beforeAll(async () => {
  [nats, redis] = await Promise.all([startNats(), startRedis()]);
}, 60_000);

beforeEach(async () => {
  const environment = { NATS_URL: nats.url, REDIS_URL: redis.url };
  stored = new StoredEvents(nats.url);
  [first, second] = await Promise.all([startTestGateway(environment), startTestGateway(environment)]);
}, 60_000);

afterEach(async () => {
  await Promise.all([first.stop(), second.stop()]);
  await stored[Symbol.asyncDispose]();
}, 60_000);

afterAll(() => Promise.all([nats.stop(), redis.stop()]));

/** What another instance shows of a robot, again and again until stopped. */
function watchStates(gateway: TestGateway, robotId: string): () => Promise<string[]> {
  const end = new AbortController();
  const seen = new Set<string>();
  const watched = (async () => {
    while (!end.signal.aborted) {
      const { state } = (await (await fetch(`${gateway.http}/robots/${robotId}`)).json()) as {
        state: string;
      };
      seen.add(state);
    }
  })();
  return async () => {
    end.abort();
    await watched;
    return [...seen];
  };
}

const onInstance = (gateway: TestGateway, robotId: string, connectionId: unknown) =>
  eventually(async () => {
    const shown: unknown = await (await fetch(`${gateway.http}/robots/${robotId}`)).json();
    expect(shown).toMatchObject({ connection_id: connectionId, state: 'online' });
    return true;
  });

async function pairs(robotId: string, count: number): Promise<[string, string][]> {
  const openings = await stored.many('telemetry.connection_established', count, robotId);
  const closings = await stored.many('telemetry.connection_closed', count, robotId);
  expect(closings.map(({ payload }) => payload.connection_id).sort()).toEqual(
    openings.map(({ payload }) => payload.connection_id).sort(),
  );
  return closings.map(({ payload }) => [payload.connection_id, payload.reason]);
}

it('takes a robot over from another instance: 4000 there, never offline, and one closing for each opening', async () => {
  const older = await connectTestRobot(`${first.ws}/ws/moving`);
  const olderId = (await older.welcome())['connection_id'] as string;
  await onInstance(second, 'moving', olderId);
  const states = watchStates(second, 'moving');
  const newer = await connectTestRobot(`${second.ws}/ws/moving`);
  const newerId = (await newer.welcome())['connection_id'] as string;
  expect((await older.untilClosed()).code).toBe(4000);
  await onInstance(first, 'moving', newerId);
  expect(await states()).toEqual(['online']);
  newer.close();
  const closings = await pairs('moving', 2);
  expect(new Map(closings)).toEqual(
    new Map([
      [olderId, 'replaced'],
      [newerId, 'client_disconnect'],
    ]),
  );
}, 60_000);

it('shows no flap when an instance shuts down and the robot returns on another', async () => {
  const before = await connectTestRobot(`${first.ws}/ws/drained`);
  const beforeId = (await before.welcome())['connection_id'] as string;
  await onInstance(second, 'drained', beforeId);
  const states = watchStates(second, 'drained');
  const stopping = first.stop();
  await before.untilClosed();
  const after = await connectTestRobot(`${second.ws}/ws/drained`);
  const afterId = (await after.welcome())['connection_id'] as string;
  await stopping;
  await onInstance(second, 'drained', afterId);
  expect(await states()).toEqual(['online']);
  after.close();
  expect(new Map(await pairs('drained', 2)).get(beforeId)).toBe('server_shutdown');
}, 60_000);

it('stops in time and tells its closings while Redis is away', async () => {
  const robot = await connectTestRobot(`${first.ws}/ws/stranded`);
  const connectionId = (await robot.welcome())['connection_id'] as string;
  await stored.one('telemetry.connection_established', 'stranded');
  await redis.kill();
  try {
    await eventually(() => first.log.some(({ msg }) => msg === 'redis is away'));
    // Its opening is stored and waits for Redis in a handler.
    const visitor = await connectTestRobot(`${first.ws}/ws/stranded_too`);
    await stored.one('telemetry.connection_established', 'stranded_too');
    await first.stop();
    await Promise.all([robot.untilClosed(), visitor.untilClosed()]);
    expect(first.log.map(({ msg }) => msg)).not.toContain('part did not stop in time');
    expect(await pairs('stranded', 1)).toEqual([[connectionId, 'server_shutdown']]);
  } finally {
    await redis.start();
  }
}, 60_000);
