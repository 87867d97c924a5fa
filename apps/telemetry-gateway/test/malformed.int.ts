import { connect, type Socket } from 'node:net';

import fc from 'fast-check';

import { eventually, startRedis, type Server } from '@fleet/testing';

import { startTestGateway, type TestGateway } from './harness/gateway.ts';
import { connectTestRobot } from './harness/robot.ts';

jest.setTimeout(90_000);

let redis: Server;
let gateway: TestGateway;

beforeAll(async () => {
  redis = await startRedis();
  gateway = await startTestGateway({
    REDIS_URL: redis.url,
    ROBOT_RATE_PER_SECOND: '0',
    ROBOT_BYTES_PER_SECOND: '0',
    WEBSOCKET_COMPRESSION: 'true',
  });
});

afterAll(async () => {
  await gateway.stop();
  await redis.stop();
});

interface RawPeer {
  socket: Socket;
  /** The close code that the gateway sent, when the connection is over. */
  closed: Promise<number | undefined>;
}

const upgraded = '\r\n\r\n';

/** A peer that writes whatever bytes it likes after a proper upgrade. */
const connectRaw = async (robotId: string): Promise<RawPeer> => {
  const socket = connect(gateway.port, '127.0.0.1');
  let received = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => (received = Buffer.concat([received, chunk])));
  socket.on('error', () => undefined);
  const closed = new Promise<number | undefined>((resolve) =>
    socket.on('close', () => resolve(closeCodeIn(received))),
  );
  socket.write(
    `GET /ws/${robotId} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  await eventually(() => received.includes(upgraded) && received.includes('"welcome"'));
  return { socket, closed };
};

/** Walks over the frames that a server sent; they are never masked. */
const closeCodeIn = (received: Buffer): number | undefined => {
  let at = received.indexOf(upgraded) + upgraded.length;
  while (at + 2 <= received.length) {
    const opcode = received.readUInt8(at) & 0x0f;
    const short = received.readUInt8(at + 1) & 0x7f;
    const header = short === 126 ? 4 : 2;
    const length = short === 126 ? received.readUInt16BE(at + 2) : short;
    if (opcode === 8) return received.readUInt16BE(at + header);
    at += header + length;
  }
  return undefined;
};

/** A masked frame (with a mask of zeros, so that the payload stays readable). */
const frame = (first: number, payload: Buffer, masked = true): Buffer => {
  const mask = masked ? 0x80 : 0;
  const header =
    payload.length < 126
      ? Buffer.from([first, mask | payload.length])
      : Buffer.from([first, mask | 126, payload.length >> 8, payload.length & 0xff]);
  return Buffer.concat([header, masked ? Buffer.alloc(4) : Buffer.alloc(0), payload]);
};

const text = Buffer.from('{"type":"telemetry","metrics":{"a":1}}');
const notUtf8 = Buffer.from([0x22, 0xff, 0xfe, 0x22]);

describe('a frame that breaks the protocol', () => {
  it.each([
    ['with a reserved bit', frame(0xa1, text), 1002],
    ['that is not masked', frame(0x81, text, false), 1002],
    ['that continues nothing', frame(0x80, text), 1002],
    ['of an unknown kind', frame(0x83, text), 1002],
    ['of text that is not UTF-8', frame(0x81, notUtf8), 1007],
    ['of bytes that are not UTF-8', frame(0x82, notUtf8), 1007],
    [
      'that announces more than may come',
      Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0x7f, 0, 0, 0, 0, 0, 0, 0]),
      1009,
    ],
    [
      'of too many fragments',
      Buffer.concat([frame(0x01, text), ...Array<Buffer>(200_000).fill(frame(0x00, Buffer.alloc(0)))]),
      1008,
    ],
  ])('%s is answered with a close code', async (_, bytes, code) => {
    const { socket, closed } = await connectRaw('breaker');
    socket.write(bytes);
    expect(await closed).toBe(code);
  });

  it('takes nobody else down', async () => {
    const robot = await connectTestRobot(`${gateway.ws}/ws/bystander`);
    robot.telemetry(1);
    await robot.acked(1);
    robot.close();
    expect(gateway.log.filter((line) => line.level === 'error')).toEqual([]);
    const lines = gateway.log.filter((line) => line.level !== 'debug' && line['robotId'] !== undefined);
    expect(new Set(lines.map((line) => line['connectionId'])).size).toBe(lines.length);
  });
});

describe('a hostile message', () => {
  it.each([
    '{"type":"telemetry","metrics":{"__proto__":{"polluted":1}}}',
    '{"__proto__":{"type":"telemetry"},"metrics":{"a":1}}',
    `{"type":"telemetry","metrics":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`,
    '{"type":"telemetry","metrics":{"a":1e999}}',
    '{"type":"telemetry","metrics":{"a.*.>":1,"b c":2}}',
    '{"type":"telemetry","metrics":{"a":1},"attributes":{"b":"\\ud800"}}',
    '{"type":"telemetry","metrics":{"a\\r\\nSET x y":1}}',
    '[[[[',
    '',
    '\u0000',
  ])('number %# gets an error, and the connection stays', async (message) => {
    const robot = await connectTestRobot(`${gateway.ws}/ws/hostile`);
    robot.socket.send(message);
    await robot.one('error');
    robot.telemetry(1);
    await robot.acked(1);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    robot.close();
    await robot.untilClosed();
  });

  it('of any kind is answered or stored, two thousand times', async () => {
    const robot = await connectTestRobot(`${gateway.ws}/ws/fuzzer`);
    const messages = fc.sample(
      fc.oneof(
        fc.json(),
        fc.string(),
        fc.jsonValue().map((value) => JSON.stringify({ type: 'telemetry', metrics: value })),
      ),
      2000,
    );
    for (const message of messages) robot.socket.send(message);
    robot.telemetry(1);
    await robot.acked(1);
    expect(robot.closed).toBeUndefined();
    robot.close();
  });
});
