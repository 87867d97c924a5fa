import { startNats, startRedis, type Server } from '@fleet/testing';

import { startGatewayProcess, type GatewayProcess } from './harness/gateway-process.ts';
import { connectTestRobot } from './harness/robot.ts';
import { errorsExpected, hostileMessages } from './proof/hostile-messages.ts';
import { malformed } from './proof/malformed.ts';
import { RawPeer } from './proof/raw-peer.ts';
import { allConfirmed, connectProofRobots, keepSending, type ProofFleet } from './proof/robots.ts';
import { sizeOf } from './proof/scale.ts';

jest.setTimeout(240_000);

const messageCount = sizeOf('PROOF_MESSAGES', 2000);
const perConnection = 100;

let nats: Server;
let redis: Server;
let gateway: GatewayProcess;
let wellBehaved: ProofFleet;
let stopSending: () => void;

beforeAll(async () => {
  [nats, redis] = await Promise.all([startNats(), startRedis()]);
  gateway = await startGatewayProcess({
    NATS_URL: nats.url,
    REDIS_URL: redis.url,
    WEBSOCKET_COMPRESSION: 'true',
    ROBOT_RATE_PER_SECOND: '0',
    ROBOT_BYTES_PER_SECOND: '0',
  });
  wellBehaved = connectProofRobots(gateway.ws, 'well_behaved', 1);
  stopSending = keepSending(wellBehaved, 10);
});

afterAll(async () => {
  stopSending();
  await wellBehaved[Symbol.asyncDispose]();
  await gateway.child[Symbol.asyncDispose]();
  await Promise.all([nats.stop(), redis.stop()]);
});

/** The gateway is the process it was, and serves the others: on the connection that they had. */
const othersAreServed = async (): Promise<void> => {
  const [robot] = wellBehaved;
  const before = robot?.sent ?? 0;
  await allConfirmed(wellBehaved);
  expect(robot?.client.status()).toMatchObject({ state: 'connected', connections: 1 });
  expect(robot?.acked).toBeGreaterThanOrEqual(before);
};

describe('what breaks the WebSocket protocol', () => {
  it.each(malformed)(
    'with $what ends in the documented close code',
    async ({ bytes, code, deflate = false }) => {
      const peer = new RawPeer(gateway.port);
      expect(await peer.upgrade('breaker', { deflate })).toBe(deflate);
      peer.socket.write(bytes);
      await peer.ended;
      expect(peer.closeCode).toBe(code);
    },
  );

  it('disturbs nobody else', othersAreServed);
});

describe('hostile messages', () => {
  it('get the error that the schema asks for, each of them, and nothing else happens', async () => {
    const messages = hostileMessages(messageCount, sizeOf('PROOF_SEED', 20_240_601));
    for (let from = 0; from < messages.length; from += perConnection) {
      const some = messages.slice(from, from + perConnection);
      const robot = await connectTestRobot(`${gateway.ws}/ws/hostile_${from}?session=s`);
      for (const message of some) robot.socket.send(message);
      robot.telemetry(1);
      await robot.acked(1);
      const expected = some.filter((message) => errorsExpected(message) > 0).length;
      expect(robot.all('error')).toHaveLength(expected);
      expect(new Set(robot.said.map(({ type }) => type))).toEqual(new Set(['welcome', 'error', 'ack']));
      expect(robot.closed).toBeUndefined();
      robot.close();
      expect((await robot.untilClosed()).code).toBe(1000);
    }
    // Both kinds came up: the generators have not dried out.
    const refused = messages.filter((message) => errorsExpected(message) > 0).length;
    expect(refused).toBeGreaterThan(messageCount / 10);
    expect(messages.length - refused).toBeGreaterThan(messageCount / 50);
  });

  it('disturb nobody else', othersAreServed);
});

it('leaves at most one line a connection in the log, and no error', () => {
  const lines = gateway.child.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const ofConnections = lines.flatMap(({ connectionId }) => (connectionId === undefined ? [] : connectionId));
  expect(ofConnections.length).toBeGreaterThan(malformed.length);
  expect(new Set(ofConnections).size).toBe(ofConnections.length);
  expect(lines.filter(({ level }) => level === 'error' || level === 'fatal' || Number(level) >= 50)).toEqual(
    [],
  );
});
