import { startRedis, type Server } from '@fleet/testing';
import { connectRedis, createScript, type FleetRedis } from '../src/index.ts';

const quiet = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

describe('a script', () => {
  const add = createScript<number>("return redis.call('INCRBY', KEYS[1], ARGV[1])", 1);
  let server: Server;
  let redis: FleetRedis;
  beforeAll(async () => {
    server = await startRedis();
    redis = connectRedis({ url: server.url, name: 'test', log: quiet });
    await redis.untilReady(AbortSignal.timeout(20_000));
  }, 30_000);
  afterAll(async () => {
    await redis.stop();
    await server.stop();
  }, 30_000);

  it('runs on a server that has never seen it, and again', async () => {
    await redis.commands.script('FLUSH');
    expect(await add.run(redis, ['a'], [2])).toBe(2);
    expect(await add.run(redis, ['a'], ['3'])).toBe(5);
  });

  it('runs once for each call of many, in order, whether the server knows it or not', async () => {
    const calls = [1, 2, 3].map((amount) => ({ keys: ['b'], args: [amount] }));
    await redis.commands.script('FLUSH');
    await add.runMany(redis, calls);
    expect(await redis.commands.get('b')).toBe('6');
    const again = await add.runMany(redis, calls);
    expect(again).toEqual([7, 9, 12].map((value) => ({ status: 'fulfilled', value })));
  });

  it('runs what is asked for in one turn in order and each for itself, whether the server knows it or not', async () => {
    await redis.commands.script('FLUSH');
    await redis.commands.set('number', 'x');
    const outcomes = await Promise.allSettled(
      ['d', 'number', 'd'].map((key, index) => add.runSoon(redis, [key], [index + 1])),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await Promise.all([1, 1].map((amount) => add.runSoon(redis, ['d'], [amount])))).toEqual([5, 6]);
  });

  it('lets one call of many fail alone', async () => {
    await redis.commands.set('text', 'x');
    const outcomes = await add.runMany(redis, [
      { keys: ['c'], args: [1] },
      { keys: ['text'], args: [1] },
      { keys: ['c'], args: [1] },
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await redis.commands.get('c')).toBe('2');
  });

  it('runs a batch of any size in order, each call for itself, whether the server knows it or not', async () => {
    await redis.commands.script('FLUSH');
    await redis.commands.set('word', 'x');
    const calls = Array.from({ length: 250 }, (_, index) => ({
      keys: [index === 120 ? 'word' : `batch_${index % 2}`],
      args: [1],
    }));
    const outcomes = await add.runBatched(redis, calls);
    expect(outcomes.map(({ status }) => status)).toEqual(
      calls.map((_, index) => (index === 120 ? 'rejected' : 'fulfilled')),
    );
    expect((outcomes[120] as PromiseRejectedResult).reason).toMatchObject({
      message: 'ERR value is not an integer or out of range',
    });
    expect(outcomes.at(-1)).toEqual({ status: 'fulfilled', value: 125 });
    expect(await redis.commands.mget('batch_0', 'batch_1')).toEqual(['124', '125']);
    expect(await add.runBatched(redis, [])).toEqual([]);
  });

  it('gives what each call of a batch replies, be it nothing or a list', async () => {
    const reply = createScript(
      "if ARGV[1] == 'nothing' then return nil end return { KEYS[1], KEYS[2], redis.call('GET', 'unset') }",
    );
    const outcomes = await reply.runBatched(
      redis,
      ['list', 'nothing', 'list'].map((kind, index) => ({ keys: ['k', `k${index}`], args: [kind] })),
    );
    expect(outcomes.map((outcome) => outcome.status === 'fulfilled' && outcome.value)).toEqual([
      ['k', 'k0', null],
      null,
      ['k', 'k2', null],
    ]);
  });

  it('notices in a batch that the server has become a replica, and leaves it', async () => {
    const away = new Promise<void>((resolve) => {
      const off = redis.onStatus((status) => {
        if (status !== 'away') return;
        off();
        resolve();
      });
    });
    await redis.commands.replicaof('127.0.0.1', 1);
    const outcomes = await add.runBatched(redis, [
      { keys: ['a'], args: [1] },
      { keys: ['a'], args: [1] },
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await away;
    await redis.untilReady(AbortSignal.timeout(20_000));
    await redis.commands.replicaof('NO', 'ONE');
  }, 30_000);

  it('refuses a batch of calls that are not alike', async () => {
    const calls = [
      { keys: ['a', 'b'], args: [1] },
      { keys: ['a'], args: [1, 2] },
    ];
    const count = createScript('return #KEYS');
    await expect(count.runBatched(redis, calls)).rejects.toThrow('as many keys and arguments');
  });

  it('takes bytes as they are', async () => {
    const echo = createScript('return #ARGV[1]', 0);
    expect(await echo.run(redis, [], [Buffer.from([0, 255, 10])])).toBe(3);
  });

  it('refuses a wrong number of keys', async () => {
    await expect(add.run(redis, [], [1])).rejects.toThrow('the script takes 1 keys and got 0');
  });

  it('rejects while Redis is away, each call of many too', async () => {
    await server.kill();
    await expect(add.run(redis, ['a'], [1])).rejects.toThrow();
    const outcomes = await add.runMany(redis, [{ keys: ['a'], args: [1] }]);
    expect(outcomes).toMatchObject([{ status: 'rejected' }]);
    const batch = await add.runBatched(
      redis,
      [1, 2].map((amount) => ({ keys: ['a'], args: [amount] })),
    );
    expect(batch).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    await server.start();
  }, 60_000);
});
