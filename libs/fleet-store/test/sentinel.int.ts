import { eventually, startRedisGroup, type RedisGroup } from '@fleet/testing';

import { connectRedis, type RedisSettings } from '../src/index.ts';

jest.setTimeout(120_000);

const withinMs = 60_000;

describe('connectRedis with sentinels', () => {
  let group: RedisGroup;
  let said: { message: string; fields: object }[];
  let settings: RedisSettings;

  beforeEach(async () => {
    group = await startRedisGroup();
    said = [];
    const note = (fields: object, message: string) => void said.push({ fields, message });
    settings = {
      url: 'redis://127.0.0.1:1',
      sentinel: { addresses: [group.sentinelAddress], group: group.name },
      name: 'test',
      log: { debug: () => undefined, info: note, warn: note, error: note },
    };
  }, 120_000);
  afterEach(() => group.stop());

  it('is away while no sentinel answers, says so once, and connects when one does', async () => {
    await group.sentinel.kill();
    const redis = connectRedis(settings);
    try {
      await eventually(() => said.some(({ message }) => message === 'redis is away'), { withinMs });
      await expect(redis.commands.get('any')).rejects.toThrow();
      await group.sentinel.start();
      await redis.untilReady(AbortSignal.timeout(withinMs));
      expect(await redis.commands.set('greeting', 'hello')).toBe('OK');
      expect(said.map(({ message }) => message)).toEqual(['redis is away', 'redis is ready']);
      expect(JSON.stringify(said)).toContain('All sentinels are unreachable');
    } finally {
      await redis.stop();
    }
  });

  it('follows a fail-over with what was copied, and so do its subscribers', async () => {
    const redis = connectRedis(settings);
    const heard: string[] = [];
    try {
      redis.createSubscriber().subscribe('news', (message) => heard.push(message));
      await redis.untilReady(AbortSignal.timeout(withinMs));
      await redis.commands.set('greeting', 'hello');
      expect(await redis.commands.wait(1, 30_000)).toBe(1);
      // A frozen primary is found out by its silence, a dead one by its socket.
      await group.primary.pause();
      await eventually(() => redis.status === 'away', { withinMs });
      await eventually(() => redis.commands.set('greeting', 'again'), { withinMs });
      const replica = connectRedis({ ...settings, url: group.replica.url, sentinel: undefined });
      await replica.untilReady(AbortSignal.timeout(withinMs));
      expect(await replica.commands.get('greeting')).toBe('again');
      await replica.stop();
      await eventually(
        async () => {
          await redis.commands.publish('news', 'x');
          return heard.length > 0;
        },
        { withinMs },
      );
    } finally {
      await group.primary.resume();
      await redis.stop();
    }
  });
});
