import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { eventually, reservePort, startRedis, type Server } from '@fleet/testing';
import { connectRedis, createScript, type FleetRedis } from '../src/index.ts';

const withinMs = 30_000;

function recorder() {
  const lines: { level: string; fields: object; message: string }[] = [];
  const write = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, fields, message });
  const said = (message: string): number => lines.filter((line) => line.message === message).length;
  return {
    lines,
    said,
    log: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
  };
}

describe('connectRedis', () => {
  let server: Server;
  let redis: FleetRedis;
  let record: ReturnType<typeof recorder>;
  beforeAll(async () => {
    server = await startRedis({ args: ['--enable-debug-command', 'yes'] });
  }, withinMs);
  afterAll(() => server.stop(), withinMs);
  beforeEach(async () => {
    record = recorder();
    redis = connectRedis({ url: server.url, name: 'test', log: record.log });
    await redis.untilReady(AbortSignal.timeout(withinMs));
  }, withinMs);
  afterEach(() => redis.stop());

  it('carries out commands', async () => {
    await redis.commands.set('greeting', 'hello');
    expect(await redis.commands.get('greeting')).toBe('hello');
    expect(redis.status).toBe('ready');
  });

  it('rejects commands at once while Redis is away, and recovers by itself', async () => {
    await redis.commands.set('kept', '1');
    const statuses: string[] = [];
    redis.onStatus((status) => statuses.push(status));
    await server.kill();
    await eventually(() => redis.status === 'away', { withinMs });
    await expect(redis.commands.get('kept')).rejects.toThrow();
    const replies = await redis.commands.pipeline().get('kept').get('kept').exec();
    expect(replies?.every(([error]) => error instanceof Error)).toBe(true);
    await server.start();
    await redis.untilReady(AbortSignal.timeout(withinMs));
    expect(await redis.commands.get('kept')).toBe('1');
    expect(statuses).toEqual(['away', 'ready']);
    expect([record.said('redis is away'), record.said('redis is ready')]).toEqual([1, 2]);
  }, 60_000);

  it('fails what waits on a frozen Redis, says so once, and recovers when it thaws', async () => {
    await server.pause();
    try {
      const failure = (error: unknown): unknown => error;
      const single = redis.commands.get('a').catch(failure);
      const together = redis.commands.pipeline().get('a').get('b').exec();
      const transaction = redis.commands.multi().incr('n').exec().catch(failure);
      await eventually(() => redis.status === 'away', { withinMs });
      expect(await single).toBeInstanceOf(Error);
      expect((await together)?.map(([error]) => error instanceof Error)).toEqual([true, true]);
      expect(await transaction).toBeInstanceOf(Error);
      await expect(redis.commands.get('a')).rejects.toThrow();
      // Long enough for several connections that the kernel accepts and nobody greets.
      await eventually(() => record.said('redis connection dropped: no answer') >= 3, { withinMs });
      expect(redis.status).toBe('away');
      expect(record.said('redis is away')).toBe(1);
    } finally {
      await server.resume();
    }
    await redis.untilReady(AbortSignal.timeout(withinMs));
    expect(await redis.commands.ping()).toBe('PONG');
  }, 90_000);

  it('does not take a busy second for silence', async () => {
    const naps = Array.from({ length: 4 }, () => redis.commands.call('DEBUG', 'SLEEP', '0.25'));
    expect(await Promise.all(naps)).toEqual(['OK', 'OK', 'OK', 'OK']);
    expect(record.said('redis connection dropped: no answer')).toBe(0);
  }, 60_000);

  it('hears a channel again after Redis was away', async () => {
    const subscriber = redis.createSubscriber();
    const heard: string[] = [];
    subscriber.subscribe('news', (message) => heard.push(message));
    const publishUntilHeard = (message: string) =>
      eventually(
        async () => {
          await redis.commands.publish('news', message);
          return heard.includes(message);
        },
        { withinMs },
      );
    await publishUntilHeard('first');
    await server.kill();
    await server.start();
    await publishUntilHeard('second');
    await server.pause();
    await eventually(() => redis.status === 'away', { withinMs });
    await server.resume();
    await publishUntilHeard('third');
    subscriber.subscribe('more', (message) => heard.push(`more ${message}`));
    await eventually(async () => (await redis.commands.publish('more', 'now')) > 0, { withinMs });
    await eventually(() => heard.includes('more now'), { withinMs });
  }, 90_000);

  it('gives up waiting when told to', async () => {
    const away = connectRedis({
      url: `redis://127.0.0.1:${await reservePort()}`,
      name: 'away',
      log: record.log,
    });
    const controller = new AbortController();
    const waiting = away.untilReady(controller.signal);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await away.stop();
    await expect(away.commands.ping()).rejects.toThrow();
  });

  it('is not moved by a server that is no Redis', async () => {
    const sockets = new Set<Socket>();
    const stranger = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.write('HTTP/1.1 400 Bad Request\r\n\r\n');
    }).listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    const { port } = stranger.address() as AddressInfo;
    const odd = connectRedis({ url: `redis://127.0.0.1:${port}`, name: 'odd', log: record.log });
    await eventually(() => sockets.size > 1, { withinMs });
    expect(odd.status).toBe('away');
    await expect(odd.commands.get('a')).rejects.toThrow();
    await odd.stop();
    for (const socket of sockets) socket.destroy();
    stranger.close();
  }, 60_000);
});

describe('a password', () => {
  it('opens the door and is never written, right or wrong', async () => {
    await using server = await startRedis({ args: ['--requirepass', 'hunter2'] });
    const record = recorder();
    const url = (password: string): string => `redis://:${password}@127.0.0.1:${server.port}`;
    const right = connectRedis({ url: url('hunter2'), name: 'right', log: record.log });
    await right.untilReady(AbortSignal.timeout(withinMs));
    expect(await right.commands.ping()).toBe('PONG');
    const wrong = connectRedis({ url: url('hunter3'), name: 'wrong', log: record.log });
    await eventually(() => record.said('redis is away') > 0, { withinMs });
    const failure: unknown = await wrong.commands.get('a').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    await Promise.all([right.stop(), wrong.stop()]);
    expect(JSON.stringify(record.lines)).toContain('WRONGPASS');
    expect(JSON.stringify(record.lines)).not.toMatch(/hunter/);
  }, 60_000);
});

describe('a cluster', () => {
  const increment = createScript<number>("return redis.call('INCR', KEYS[1])", 1);

  it('carries out what one server does, fails at once when it freezes, and recovers', async () => {
    const [port, busPort] = [await reservePort(), await reservePort()];
    await using server = await startRedis({
      port,
      args: [
        ...['--cluster-enabled', 'yes', '--cluster-port', String(busPort)],
        ...['--cluster-announce-ip', '127.0.0.1', '--cluster-announce-port', String(port)],
      ],
    });
    const founder = connectRedis({ url: server.url, name: 'founder', log: recorder().log });
    await founder.untilReady(AbortSignal.timeout(withinMs));
    await founder.commands.cluster('ADDSLOTSRANGE', 0, 16_383);
    await founder.stop();

    const record = recorder();
    const url = `${server.url},redis://127.0.0.1:${await reservePort()}`;
    const redis = connectRedis({ url, cluster: true, name: 'cluster', log: record.log });
    await redis.untilReady(AbortSignal.timeout(withinMs));
    await redis.commands.set('a', '1');
    expect(await redis.commands.get('a')).toBe('1');
    expect(await increment.run(redis, ['{b}:n'], [])).toBe(1);
    const outcomes = await increment.runMany(redis, [
      { keys: ['{b}:n'], args: [] },
      { keys: ['{c}:n'], args: [] },
    ]);
    expect(outcomes).toEqual([2, 1].map((value) => ({ status: 'fulfilled', value })));
    const heard: string[] = [];
    redis.createSubscriber().subscribe('news', (message) => heard.push(message));
    await eventually(async () => (await redis.commands.publish('news', 'x')) > 0, { withinMs });
    await eventually(() => heard.includes('x'), { withinMs });

    const saidBefore = record.said('redis is away');
    await server.pause();
    try {
      const waiting = redis.commands.get('a').catch((error: unknown) => error);
      await eventually(() => redis.status === 'away', { withinMs });
      expect(await waiting).toBeInstanceOf(Error);
      await expect(redis.commands.get('a')).rejects.toThrow();
      expect(record.said('redis is away')).toBe(saidBefore + 1);
    } finally {
      await server.resume();
    }
    await redis.untilReady(AbortSignal.timeout(withinMs));
    expect(await redis.commands.get('a')).toBe('1');
    await eventually(async () => (await redis.commands.publish('news', 'y')) > 0, { withinMs });
    await eventually(() => heard.includes('y'), { withinMs });
    await redis.stop();
  }, 120_000);
});
