import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** Connections to be opened, and held until this process's input ends: its argument. */
export interface ConnectRequest {
  readonly port: number;
  readonly count: number;
  /** The name of each robot's session. */
  readonly session: string;
  /** Handshakes under way at once. */
  readonly atOnce: number;
}

export interface ConnectResult {
  readonly opened: number;
  readonly seconds: number;
}

const welcome = Buffer.from('"welcome"');
const pong = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);
const pingByte = 0x89;

const open = async (
  { port, session }: ConnectRequest,
  index: number,
  token: string | undefined,
): Promise<Socket> => {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  const authorization = token === undefined ? '' : `Authorization: Bearer ${token}\r\n`;
  socket.write(
    `GET /ws/idle_${index}?session=${session} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${authorization}` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  let head = Buffer.alloc(0);
  for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    head = Buffer.concat([head, chunk]);
    if (head.includes(welcome)) break;
  }
  if (!head.includes(welcome)) throw new Error(`refused: ${head.toString('latin1').slice(0, 200)}`);
  // An idle robot hears nothing but pings, and these come one at a time.
  socket.on('data', (chunk: Buffer) => {
    if (chunk[0] === pingByte) socket.write(pong);
  });
  return socket;
};

const run = async (request: ConnectRequest, tokens: readonly string[]): Promise<ConnectResult> => {
  const startedAt = performance.now();
  let next = 0;
  const openSome = async (): Promise<void> => {
    for (let index = next++; index < request.count; index = next++) await open(request, index, tokens[index]);
  };
  await Promise.all(Array.from({ length: request.atOnce }, openSome));
  return { opened: request.count, seconds: (performance.now() - startedAt) / 1000 };
};

const request = JSON.parse(process.argv[2] ?? '') as ConnectRequest;
const input = createInterface({ input: process.stdin });
void (async () => {
  // The first line of the input is all tokens.
  const [line] = (await once(input, 'line')) as [string];
  const result = await run(request, JSON.parse(line) as string[]);
  process.stdout.write(`${JSON.stringify(result)}\n`);
  await once(input, 'close');
  process.exit(0);
})();
