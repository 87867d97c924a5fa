import { eventually, reservePort } from '@fleet/testing';
import { WebSocket } from 'ws';

import {
  ClientClosedError,
  BufferFullError,
  connectRobot,
  SampleDroppedError,
  type RobotClient,
  type RobotEventName,
  type RobotEvents,
  type RobotOptions,
  type StandardWebSocketClass,
} from '../src/index.ts';
import { ackOf, FakeGateway, type FakeConnection } from './fake-gateway.ts';

const reconnect = { minMs: 5, maxMs: 50 };

let gateway: FakeGateway;
const clients: RobotClient[] = [];

beforeEach(async () => {
  gateway = await new FakeGateway().start();
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close({ deadlineMs: 0 })));
  await gateway[Symbol.asyncDispose]();
});

const connect = (options: Partial<RobotOptions> = {}): RobotClient => {
  const client = connectRobot({
    url: gateway.url,
    robotId: 'robot_001',
    session: 's',
    reconnect,
    ...options,
  });
  clients.push(client);
  return client;
};

const sample = (id: number) => ({ metrics: { id } });

const sendAll = (client: RobotClient, from: number, to: number): Promise<void>[] =>
  Array.from({ length: to - from + 1 }, (_, index) => client.send(sample(from + index)));

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

const next = <E extends RobotEventName>(client: RobotClient, name: E): Promise<RobotEvents[E]> =>
  new Promise((resolve) => {
    const listener = (event: RobotEvents[E]): void => {
      client.off(name, listener);
      resolve(event);
    };
    client.on(name, listener);
  });

const connection = (index: number): Promise<FakeConnection> => eventually(() => gateway.connections[index]);

const firstSeqsOf = ({ messages }: FakeConnection): number[] =>
  messages
    .flatMap((message) => (message.type === 'telemetry' ? [message] : message.samples))
    .map(({ seq }) => seq ?? 0);

describe('a robot client', () => {
  it('resolves every sample once the gateway has confirmed it', async () => {
    const client = connect();
    await Promise.all(sendAll(client, 1, 2_000));
    expect(gateway.storedIds).toEqual(numbers(1, 2_000));
    expect(client.status()).toMatchObject({
      state: 'connected',
      sent: 2_000,
      acked: 2_000,
      resent: 0,
      buffered: 0,
    });
  });

  it('resolves nothing that is not confirmed', async () => {
    gateway.keeps = () => false;
    const client = connect();
    const settled: unknown[] = [];
    const sent = client.send(sample(1)).finally(() => settled.push('too early'));
    const { messages, say } = await connection(0);
    await eventually(() => messages.length > 0);
    expect(settled).toEqual([]);
    say({ type: 'ack', seq: 1 });
    await sent;
  });

  it('asks for the robot and its session, and offers the protocol', async () => {
    connect({ token: 'secret' });
    const { request } = await connection(0);
    expect(request.url).toBe('/ws/robot_001?session=s');
    expect(request.headers['sec-websocket-protocol']).toBe('fleet.v1');
    expect(request.headers.authorization).toBe('Bearer secret');
  });

  it('sends again after a lost connection what was not confirmed, in order', async () => {
    gateway.keeps = ({ type }, { socket }) => {
      if (gateway.connections.length > 1 || type === 'telemetry') return true;
      socket.terminate();
      return false;
    };
    const client = connect();
    await client.send(sample(1));
    await Promise.all(sendAll(client, 2, 50));
    expect(gateway.storedIds).toEqual(numbers(1, 50));
    expect(firstSeqsOf(await connection(1))).toEqual(numbers(2, 50));
    expect(client.status()).toMatchObject({ acked: 50, resent: 49, connections: 2 });
  });

  it('does not send again what was stored although its confirmation was lost', async () => {
    gateway.keeps = () => 'unconfirmed';
    const client = connect();
    const sent = client.send(sample(1));
    const first = await connection(0);
    await eventually(() => gateway.storedIds.length === 1);
    first.socket.terminate();
    await sent;
    expect(gateway.storedIds).toEqual([1]);
    expect((await connection(1)).messages).toEqual([]);
    expect(client.status()).toMatchObject({ acked: 1, resent: 0 });
  });

  it('fills the ranges the gateway misses, and only those', async () => {
    const session = gateway.session('s');
    gateway.keeps = () => false;
    const client = connect();
    const sent = sendAll(client, 1, 10);
    const first = await connection(0);
    await eventually(() => first.messages.length > 0);
    for (const seq of [1, 2, 3, 7, 8]) {
      session.stored.set(seq, { seq, metrics: { id: seq } });
      session.order.push(seq);
    }
    session.lastSeq = 8;
    session.missing = [[4, 6]];
    gateway.keeps = () => true;
    first.socket.terminate();
    await Promise.all(sent);
    expect(firstSeqsOf(await connection(1))).toEqual([4, 5, 6, 9, 10]);
    expect(ackOf(session)).toEqual({ type: 'ack', seq: 10 });
  });

  it('pauses when throttled and then sends again what was dropped', async () => {
    let isOverRate = true;
    gateway.keeps = ({ type }, { say }) => {
      if (!isOverRate || type === 'telemetry') return true;
      isOverRate = false;
      say({ type: 'throttled', retry_after_ms: 30, dropped: 20 });
      return false;
    };
    const client = connect();
    await client.send(sample(1));
    const throttled = next(client, 'throttled');
    await Promise.all(sendAll(client, 2, 21));
    expect(await throttled).toEqual({ retryMs: 30, dropped: 20 });
    expect(gateway.storedIds).toEqual(numbers(1, 21));
    expect(client.status()).toMatchObject({ resent: 20, connections: 1 });
  });

  it('comes back when a closing gateway says, with everything', async () => {
    const client = connect();
    await client.send(sample(1));
    const first = await connection(0);
    gateway.keeps = () => gateway.connections.length > 1;
    const sent = client.send(sample(2));
    await eventually(() => first.messages.length === 2);
    const disconnected = next(client, 'disconnected');
    first.say({ type: 'closing', reason: 'server_shutdown', reconnect_after_ms: 77 });
    first.socket.close(1012);
    expect(await disconnected).toMatchObject({ code: 1012, retryMs: 77, wasConnected: true });
    await sent;
    expect(gateway.storedIds).toEqual([1, 2]);
  });

  it('rejects a refused sample with the reason and keeps the others', async () => {
    gateway.keeps = (message, { say }) => {
      if (message.type === 'telemetry_batch' || message.metrics['id'] !== 2) return true;
      say({ type: 'error', code: 'invalid_message', detail: 'not this one', seq: 2, path: 'metrics.id' });
      return false;
    };
    const client = connect();
    await client.send(sample(1));
    const refused = client.send(sample(2));
    await expect(refused).rejects.toMatchObject({
      name: 'SampleRefusedError',
      code: 'invalid_message',
      seq: 2,
      path: 'metrics.id',
    });
    await client.send(sample(3));
    expect(gateway.storedIds).toEqual([1, 3]);
    expect(client.status()).toMatchObject({ refused: 1, acked: 2, buffered: 0 });
  });

  it('finds the sample that a gateway refuses without naming it', async () => {
    gateway.keeps = (message, { say }) => {
      const samples = message.type === 'telemetry' ? [message] : message.samples;
      if (samples.every(({ metrics }) => metrics['id'] !== 13)) return true;
      say({ type: 'error', code: 'invalid_message', detail: 'something in there' });
      return false;
    };
    const client = connect();
    const results = await Promise.allSettled(sendAll(client, 1, 20));
    expect(results.map(({ status }) => status).indexOf('rejected')).toBe(12);
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(gateway.storedIds).toEqual(numbers(1, 20).filter((id) => id !== 13));
  });

  it('does not fight when a newer connection took over', async () => {
    const client = connect();
    const first = await connection(0);
    const replaced = next(client, 'replaced');
    const disconnected = next(client, 'disconnected');
    first.socket.close(4000, 'replaced');
    await replaced;
    expect(await disconnected).toMatchObject({ code: 4000, retryMs: null });
    expect(client.status().state).toBe('replaced');
    expect(await client.close()).toEqual({ unconfirmed: 0 });
  });

  it('comes back when the newer connection may be an attempt of its own that it had given up', async () => {
    const client = connect();
    (await connection(0)).socket.terminate();
    (await connection(1)).socket.close(4000, 'replaced');
    const replaced = next(client, 'replaced');
    (await connection(2)).socket.close(4000, 'replaced');
    await replaced;
    expect(client.status().state).toBe('replaced');
  });

  it('comes back after a takeover when told to', async () => {
    connect({ whenReplaced: 'reconnect' });
    (await connection(0)).socket.close(4000, 'replaced');
    await connection(1);
  });

  it('gives up a connection on which nothing is heard any more', async () => {
    gateway.welcome = { heartbeat_interval_ms: 40 };
    const client = connect();
    (await connection(0)).socket.pause();
    const { code } = await next(client, 'disconnected');
    expect(code).toBe(1006);
    await connection(1);
  });

  it('keeps a connection on which only pings are heard', async () => {
    gateway.welcome = { heartbeat_interval_ms: 60 };
    const client = connect();
    const { socket } = await connection(0);
    let pongs = 0;
    socket.on('pong', () => (pongs += 1));
    const pinging = setInterval(() => socket.ping(), 10);
    await eventually(() => pongs >= 60);
    clearInterval(pinging);
    expect(client.status().connections).toBe(1);
  });

  it('gives up a gateway that never says welcome', async () => {
    gateway.isMute = true;
    connect({ dialTimeoutMs: 50 });
    await connection(0);
    gateway.isMute = false;
    await connection(1);
  });

  it('waits as long as a full gateway asks', async () => {
    gateway.refuse = () => ({ status: '503 Service Unavailable', headers: { 'Retry-After': '0' } });
    const client = connect();
    const { retryMs } = await next(client, 'disconnected');
    expect(retryMs).toBeLessThanOrEqual(50);
    gateway.refuse = () => ({ status: '429 Too Many Requests', headers: { 'Retry-After': '100' } });
    await eventually(async () => ((await next(client, 'disconnected')).retryMs ?? 0) >= 100_000);
    expect(client.status().state).toBe('waiting');
  });

  it.each(['401 Unauthorized', '403 Forbidden'])(
    'says so when refused with %s, and tries slowly',
    async (status) => {
      gateway.refuse = () => ({ status });
      const client = connect();
      const [{ retryMs }, unauthorized] = await Promise.all([
        next(client, 'disconnected'),
        next(client, 'unauthorized'),
      ]);
      expect(retryMs).toBeGreaterThanOrEqual(30_000);
      expect(unauthorized).toEqual({ status: Number(status.slice(0, 3)) });
    },
  );

  it('asks for a new token when the old one has expired', async () => {
    const tokens = ['first', 'second'];
    connect({ token: () => Promise.resolve(tokens.shift() ?? 'none') });
    (await connection(0)).socket.close(4003, 'token_expired');
    const second = await connection(1);
    expect(second.request.headers.authorization).toBe('Bearer second');
  });

  it('goes on trying when there is no token for a while', async () => {
    let asked = 0;
    const client = connect({
      token: () => {
        asked += 1;
        if (asked < 3) throw new Error('no token yet');
        return 'late';
      },
    });
    expect((await next(client, 'disconnected')).error?.message).toBe('no token yet');
    expect((await connection(0)).request.headers.authorization).toBe('Bearer late');
  });

  it('survives a token that fits into no header', async () => {
    const client = connect({ token: 'two\r\nlines' });
    expect((await next(client, 'disconnected')).error).toBeInstanceOf(Error);
  });

  it('keeps samples while there is no gateway and sends them in order when there is one', async () => {
    const port = await reservePort();
    const client = connect({ url: `ws://127.0.0.1:${port}` });
    const sent = sendAll(client, 1, 1_500);
    await next(client, 'disconnected');
    await using late = await new FakeGateway().start(port);
    await Promise.all(sent);
    expect(late.storedIds).toEqual(numbers(1, 1_500));
    const [first] = late.connections;
    expect(first?.messages.length).toBeLessThan(20);
    await client.close();
  });

  it('lets go of the oldest when the buffer is full', async () => {
    gateway.isMute = true;
    const client = connect({ maxBuffered: 3 });
    const sent = sendAll(client, 1, 5);
    await expect(sent[0]).rejects.toBeInstanceOf(SampleDroppedError);
    await expect(sent[1]).rejects.toMatchObject({ seq: 2 });
    expect(client.status()).toMatchObject({ buffered: 3, dropped: 2 });
  });

  it('takes no more when the buffer is full and told to refuse', async () => {
    gateway.isMute = true;
    const client = connect({ maxBuffered: 3, onFull: 'refuse' });
    const sent = sendAll(client, 1, 4);
    await expect(sent[3]).rejects.toBeInstanceOf(BufferFullError);
    expect(client.status()).toMatchObject({ buffered: 3, dropped: 0, nextSeq: 4 });
  });

  it('bounds its buffer by bytes too', async () => {
    gateway.isMute = true;
    const client = connect({ maxBufferedBytes: 200 });
    const sent = sendAll(client, 1, 10);
    await expect(sent[0]).rejects.toBeInstanceOf(SampleDroppedError);
    expect(client.status().bufferedBytes).toBeLessThanOrEqual(200);
  });

  it('rejects a sample above what the gateway takes, and goes on', async () => {
    gateway.welcome = { max_message_bytes: 200 };
    const client = connect();
    const large = client.send({ metrics: { id: 1 }, attributes: { note: 'x'.repeat(300) } });
    await expect(large).rejects.toMatchObject({ name: 'SampleRefusedError', code: 'message_too_large' });
    await client.send(sample(2));
    expect(gateway.storedIds).toEqual([2]);
  });

  it('numbers its samples behind those of an earlier life in the same session', async () => {
    const earlier = connect();
    await Promise.all(sendAll(earlier, 1, 5));
    await earlier.close();
    const client = connect();
    await Promise.all(sendAll(client, 6, 9));
    expect([...gateway.session('s').stored.keys()]).toEqual(numbers(1, 9));
    expect(gateway.storedIds).toEqual(numbers(1, 9));
  });

  it('is not hurt by nonsense, and mentions it', async () => {
    const client = connect();
    const { socket } = await connection(0);
    const warning = next(client, 'warning');
    socket.send('hello');
    socket.send('{"type":"weather","sun":true}');
    expect((await warning).error.name).toBe('GatewayMessageError');
    await client.send(sample(1));
  });

  it('flushes when closed, and then takes nothing more', async () => {
    const client = connect();
    const sent = sendAll(client, 1, 100);
    expect(await client.close()).toEqual({ unconfirmed: 0 });
    await Promise.all(sent);
    await expect(client.send(sample(101))).rejects.toBeInstanceOf(ClientClosedError);
    expect(client.status().state).toBe('closed');
  });

  it('rejects what is left when the time for closing is up', async () => {
    gateway.keeps = () => false;
    const client = connect();
    const sent = client.send(sample(1));
    expect(await client.close({ deadlineMs: 20 })).toEqual({ unconfirmed: 1 });
    await expect(sent).rejects.toBeInstanceOf(ClientClosedError);
  });

  it('raises nothing for those who do not wait for their samples', async () => {
    gateway.keeps = (message, { say }) => {
      say({
        type: 'error',
        code: 'not_stored',
        detail: 'no',
        seq: message.type === 'telemetry' ? (message.seq ?? 1) : 1,
      });
      return false;
    };
    const unhandled: unknown[] = [];
    const listener = (reason: unknown): unknown => unhandled.push(reason);
    process.on('unhandledRejection', listener);
    const client = connect();
    const refused = next(client, 'refused');
    void client.send(sample(1));
    void client.send({ metrics: {} });
    expect(await refused).toMatchObject({ code: 'not_stored', seq: 1 });
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', listener);
    expect(unhandled).toEqual([]);
  });

  it('works with a WebSocket of the standard, with the token as a subprotocol', async () => {
    const client = connect({ webSocket: WebSocket as unknown as StandardWebSocketClass, token: 'secret' });
    await Promise.all(sendAll(client, 1, 10));
    expect(gateway.storedIds).toEqual(numbers(1, 10));
    const { request, socket } = await connection(0);
    expect(request.headers['sec-websocket-protocol']).toBe('fleet.v1,bearer.secret');
    expect(request.headers.authorization).toBeUndefined();
    socket.terminate();
    await client.send(sample(11));
    expect(client.status().connections).toBe(2);
  });

  it('gives up a silent connection of a standard WebSocket only while something waits', async () => {
    gateway.welcome = { heartbeat_interval_ms: 40 };
    gateway.keeps = () => gateway.connections.length > 1;
    const client = connect({ webSocket: WebSocket as unknown as StandardWebSocketClass });
    await client.send(sample(1));
    expect(client.status()).toMatchObject({ connections: 2, acked: 1 });
  });

  it.each([
    [{ robotId: 'a b' }, /expected a robot id, got "a b"/],
    [{ session: '' }, /expected a session/],
    [{ url: 'localhost' }, /expected a url such as ws:/],
    [{ maxBuffered: 0 }, /expected maxBuffered above 0, got 0/],
  ])('refuses %j at once', (options, message) => {
    expect(() => connect(options)).toThrow(message);
  });
});
