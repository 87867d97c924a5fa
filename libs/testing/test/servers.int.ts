import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { Redis } from 'ioredis';

import { eventually, startNats, startNatsCluster, startRedis, type Server } from '../src/index.ts';

const withNats = async <T>(
  url: string,
  act: (connection: Awaited<ReturnType<typeof connect>>) => Promise<T>,
) => {
  const connection = await connect({ servers: url.split(','), timeout: 5_000 });
  try {
    return await act(connection);
  } finally {
    await connection.close();
  }
};

const storedIn = (url: string, stream: string) =>
  withNats(url, async (connection) => {
    const info = await (await jetstreamManager(connection)).streams.info(stream);
    return info.state.messages;
  });

const store = (url: string, stream: string, replicas = 1) =>
  withNats(url, async (connection) => {
    const manager = await jetstreamManager(connection);
    await manager.streams.add({ name: stream, subjects: [stream.toLowerCase()], num_replicas: replicas });
    await jetstream(connection).publish(stream.toLowerCase(), 'kept');
  });

const withRedis = async <T>({ url }: Server, act: (redis: Redis) => Promise<T>) => {
  const redis = new Redis(url, { commandTimeout: 2_000, retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    return await act(redis);
  } finally {
    redis.disconnect();
  }
};

describe('startNats', () => {
  it('keeps its port and its streams when it is killed and started again', async () => {
    await using nats = await startNats();
    const { url } = nats;
    await store(url, 'KEPT');
    await nats.kill();
    await expect(withNats(url, () => Promise.resolve())).rejects.toThrow();
    await nats.start();
    expect(nats.url).toBe(url);
    await expect(eventually(() => storedIn(url, 'KEPT'))).resolves.toBe(1);
  });

  it('answers nothing while it is paused, and goes on afterwards', async () => {
    await using nats = await startNats();
    await withNats(nats.url, async (connection) => {
      await connection.flush();
      await nats.pause();
      let answered = false;
      const answer = connection.flush().then(() => (answered = true));
      await expect(connect({ servers: nats.url, timeout: 500 })).rejects.toThrow();
      expect(answered).toBe(false);
      await nats.resume();
      await answer;
    });
  });

  it('takes further configuration', async () => {
    await using nats = await startNats({
      jetstream: false,
      config: 'authorization { user: a, password: b }',
    });
    await expect(connect({ servers: nats.url })).rejects.toThrow(/authorization/i);
    const connection = await connect({ servers: nats.url, user: 'a', pass: 'b' });
    await connection.close();
  });

  it('says why it did not start', async () => {
    await expect(startNats({ config: 'no_such_setting: {' })).rejects.toThrow(
      /did not start[\s\S]*nats-server/,
    );
  });
});

describe('startRedis', () => {
  it('keeps its port and its data when it is killed and started again', async () => {
    await using redis = await startRedis();
    await withRedis(redis, (client) => client.set('kept', 'yes'));
    await redis.kill();
    await redis.start();
    await expect(withRedis(redis, (client) => client.get('kept'))).resolves.toBe('yes');
  });

  it('answers nothing while it is paused, and goes on afterwards', async () => {
    await using redis = await startRedis();
    await redis.pause();
    await expect(withRedis(redis, (client) => client.ping())).rejects.toThrow();
    await redis.resume();
    await expect(withRedis(redis, (client) => client.ping())).resolves.toBe('PONG');
  });

  it('takes further arguments', async () => {
    await using redis = await startRedis({ args: ['--maxmemory', '10mb'], appendOnly: false });
    await expect(withRedis(redis, (client) => client.config('GET', 'maxmemory'))).resolves.toEqual([
      'maxmemory',
      String(10 * 1024 * 1024),
    ]);
  });
});

describe('startNatsCluster', () => {
  it('stores a stream three times and goes on without one of its servers', async () => {
    await using cluster = await startNatsCluster(3);
    await store(cluster.url, 'THRICE', 3);
    await cluster.servers[0]?.kill();
    await expect(eventually(() => storedIn(cluster.url, 'THRICE'))).resolves.toBe(1);
    await cluster.servers[0]?.start();
  }, 120_000);
});
