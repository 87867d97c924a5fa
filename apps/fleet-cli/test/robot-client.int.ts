import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { connectRobot, type RobotClient, type RobotOptions } from '@fleet/robot-client';
import { createFileBuffer } from '@fleet/robot-client/file-buffer';
import { eventually } from '@fleet/testing';

import { runFleet } from './run-fleet.ts';
import { startStack, type Stack } from './stack.ts';
import { storedSamples } from './stored-samples.ts';

jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'fleet-robots-'));
const clients: RobotClient[] = [];
let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});
afterEach(() => Promise.all(clients.splice(0).map((client) => client.close({ deadlineMs: 0 }))));
afterAll(async () => {
  await stack.stop();
  rmSync(folder, { recursive: true });
});

const connect = (robotId: string, options: Partial<RobotOptions> = {}): RobotClient => {
  const client = connectRobot({ url: stack.gatewayUrl, robotId, ...options });
  clients.push(client);
  return client;
};

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

const sendAll = (client: RobotClient, from: number, to: number): Promise<void>[] =>
  numbers(from, to).map((id) => client.send({ metrics: { id } }));

const storedIds = async (robotId: string) =>
  (await storedSamples(stack.nats.url, robotId)).map(({ metrics }) => metrics['id']);

describe('a robot client and the real gateway', () => {
  it('agree on what is stored, in order', async () => {
    const client = connect('real_001');
    await Promise.all(sendAll(client, 1, 5_000));
    expect(await storedIds('real_001')).toEqual(numbers(1, 5_000));
    expect(client.status()).toMatchObject({ acked: 5_000, refused: 0, connections: 1 });
  });

  it('leave it to the newest connection', async () => {
    const older = connect('real_002');
    await older.send({ metrics: { id: 1 } });
    const replaced = new Promise<void>((resolve) => older.on('replaced', () => resolve()));
    const newer = connect('real_002');
    await newer.send({ metrics: { id: 2 } });
    await replaced;
    expect(older.status().state).toBe('replaced');
  });

  it('lose and double nothing when the event stream is killed', async () => {
    const client = connect('real_003');
    await Promise.all(sendAll(client, 1, 100));
    await stack.nats.kill();
    const sent = sendAll(client, 101, 3_000);
    await eventually(() => client.status().inFlight > 0);
    await stack.nats.start();
    await Promise.all(sent);
    expect(await storedIds('real_003')).toEqual(numbers(1, 3_000));
  });

  it('lose and double nothing when the gateway is told to stop', async () => {
    const client = connect('real_004');
    const closings: string[] = [];
    client.on('closing', ({ reason }) => closings.push(reason));
    await Promise.all(sendAll(client, 1, 100));
    const stopped = stack.killGateway('SIGTERM');
    const sent: Promise<void>[] = [];
    for (let id = 101; id <= 2_000 && client.status().state === 'connected'; id += 1) {
      sent.push(client.send({ metrics: { id } }));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await stopped;
    sent.push(client.send({ metrics: { id: 101 + sent.length } }));
    await stack.startGateway();
    await Promise.all(sent);
    expect(closings).toEqual(['server_shutdown']);
    expect(await storedIds('real_004')).toEqual(numbers(1, 100 + sent.length));
  });

  it('go on after a crash of the robot, from its file', async () => {
    const path = join(folder, 'real_005.journal');
    await stack.killGateway();
    const first = connect('real_005', { buffer: createFileBuffer({ path }) });
    void Promise.allSettled(sendAll(first, 1, 50));
    await first.close({ deadlineMs: 0 });
    await stack.startGateway();
    const second = connect('real_005', { buffer: createFileBuffer({ path }) });
    await Promise.all(sendAll(second, 51, 60));
    await second.idle();
    expect(await storedIds('real_005')).toEqual(numbers(1, 60));
    expect(second.status().session).toBe(first.status().session);
  });

  it('find a rate at which everything gets through', async () => {
    await stack.killGateway();
    await stack.startGateway({ ROBOT_RATE_PER_SECOND: '20', ROBOT_BYTES_PER_SECOND: '20000' });
    const client = connect('real_006');
    let throttled = 0;
    client.on('throttled', () => (throttled += 1));
    await Promise.all(sendAll(client, 1, 1_500));
    const ids = await storedIds('real_006');
    expect([...ids].sort((a, b) => Number(a) - Number(b))).toEqual(numbers(1, 1_500));
    expect(throttled).toBeGreaterThan(0);
  });

  it('know each other by tokens that fleet has signed', async () => {
    const keys = join(folder, 'keys');
    expect(await runFleet('keys', keys).code).toBe(0);
    await stack.killGateway();
    await stack.startGateway({
      AUTH_MODE: 'jwt',
      JWT_JWKS_FILE: join(keys, 'jwks.json'),
      JWT_ISSUER: 'fleet',
      JWT_AUDIENCE: 'fleet',
    });
    const args = ['--gateway', stack.gatewayUrl, '--robots', '3', '--duration', '1', '--no-missions'];
    const signing = ['--signing-key', join(keys, 'signing-key.json')];
    expect(await runFleet('simulate', ...args, ...signing, '--prefix', 'signed_').code).toBe(0);

    const refused = runFleet('simulate', ...args, '--prefix', 'bare_', '--patience', '0.2');
    expect(await refused.code).toBe(1);
    expect(refused.err.join('\n')).toMatch(/refuses bare_00\d with 401/);
  });
});
