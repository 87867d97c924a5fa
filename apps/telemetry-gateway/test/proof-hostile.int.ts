import { errorCodes } from '@fleet/robot-protocol';
import { startNats, startRedis, type Server } from '@fleet/testing';

import { startGatewayProcess, type GatewayProcess } from './harness/gateway-process.ts';
import { connectTestRobot } from './harness/robot.ts';
import { errorsExpected, hostileMessages } from './proof/hostile-messages.ts';
import { malformed } from './proof/malformed.ts';
import { RawPeer } from './proof/raw-peer.ts';
import { allConfirmed, connectProofRobots, keepSending, type ProofFleet } from './proof/robots.ts';
import { sizeOf } from './proof/scale.ts';

jest.setTimeout(240_000);

const messageCount = sizeOf('PROOF_MESSAGES', 10_000);
const perConnection = 100;
const connectionsAtOnce = 5;

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

/** The 99th percentile in seconds, as the process itself has it since it was asked last. */
const eventLoopDelay = async (): Promise<number> => {
  const text = await (await fetch(`${gateway.admin}/metrics`)).text();
  const delay = Number(/^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(text)?.[1]);
  expect(delay).toBeGreaterThan(0);
  return delay;
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

/** Sends the messages over a connection of their own, looks at every answer, and says how many were refused. */
const sendHostile = async (messages: readonly string[], name: string): Promise<number> => {
  const robot = await connectTestRobot(`${gateway.ws}/ws/${name}?session=s`);
  for (const message of messages) robot.socket.send(message);
  robot.telemetry(1);
  await robot.acked(1);
  const errors = robot.all('error');
  expect(errors).toHaveLength(messages.reduce((sum, message) => sum + errorsExpected(message), 0));
  for (const error of errors) expect(errorCodes).toContain(error['code']);
  expect(new Set(robot.said.map(({ type }) => type))).toEqual(new Set(['welcome', 'error', 'ack']));
  expect(robot.closed).toBeUndefined();
  robot.close();
  expect((await robot.untilClosed()).code).toBe(1000);
  return errors.length;
};

describe('hostile messages', () => {
  it('get the error that the schema asks for, each of them, and nothing else happens', async () => {
    const messages = hostileMessages(messageCount, sizeOf('PROOF_SEED', 20_240_601));
    // What is measured begins here, not with the start of the process.
    await eventLoopDelay();
    const starts = Array.from(
      { length: Math.ceil(messageCount / perConnection) },
      (_, n) => n * perConnection,
    );
    let refused = 0;
    const sendSome = async (): Promise<void> => {
      for (let from = starts.shift(); from !== undefined; from = starts.shift()) {
        const some = await sendHostile(messages.slice(from, from + perConnection), `hostile_${from}`);
        refused += some;
      }
    };
    await Promise.all(Array.from({ length: connectionsAtOnce }, sendSome));
    expect(await eventLoopDelay()).toBeLessThan(0.1);
    // Both kinds came up: the generators have not dried out.
    expect(refused).toBeGreaterThan(messageCount / 10);
    expect(messages.length - refused).toBeGreaterThan(messageCount / 50);
  });

  it('disturb nobody else', othersAreServed);

  it('leave the process as it was', () => {
    expect(() => process.kill(gateway.child.pid, 0)).not.toThrow();
  });
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
