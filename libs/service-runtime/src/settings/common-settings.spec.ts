import { z } from 'zod';
import { commonRules, commonSettings } from './common-settings.ts';
import { eventStreamConnectionOf, redisConnectionOf } from './connections-of.ts';
import { parseSettings } from './parse-settings.ts';

const parse = (env: NodeJS.ProcessEnv) => parseSettings(z.object(commonSettings), env, [commonRules]);

describe('commonSettings', () => {
  it('needs nothing set', () => {
    const settings = parse({});
    expect(settings).toMatchObject({ LOG_LEVEL: 'info', NATS_URL: [], SHUTDOWN_TIMEOUT_MS: 10_000 });
    expect(settings.SERVICE_INSTANCE).not.toBe('');
    expect(eventStreamConnectionOf(settings)).toBeUndefined();
    expect(redisConnectionOf(settings)).toEqual({ url: 'redis://127.0.0.1:6379', cluster: false });
  });

  it('gives several addresses to a cluster only', () => {
    const REDIS_URL = 'redis://a:1,redis://b:2';
    expect(redisConnectionOf(parse({ REDIS_URL, REDIS_CLUSTER: 'true' }))).toEqual({
      url: REDIS_URL,
      cluster: true,
    });
    expect(() => parse({ REDIS_URL })).toThrow('several need REDIS_CLUSTER=true');
  });

  it('asks sentinels for the primary of a group', () => {
    const env = { REDIS_URL: 'redis://:secret@any', REDIS_SENTINELS: 'a:1, b', REDIS_SENTINEL_NAME: 'fleet' };
    expect(redisConnectionOf(parse(env))).toEqual({
      url: 'redis://:secret@any',
      cluster: false,
      sentinel: { addresses: ['a:1', 'b'], group: 'fleet' },
    });
    expect(redisConnectionOf(parse({ ...env, REDIS_SENTINEL_PASSWORD: 'p' }))).toMatchObject({
      sentinel: { password: 'p' },
    });
  });

  it.each([
    [{ REDIS_SENTINELS: 'a:1' }, 'REDIS_SENTINEL_NAME: is required beside REDIS_SENTINELS'],
    [{ REDIS_SENTINEL_NAME: 'fleet' }, 'REDIS_SENTINEL_NAME: means nothing without REDIS_SENTINELS'],
    [{ REDIS_SENTINELS: 'redis://a:1' }, 'REDIS_SENTINELS: expected addresses separated by commas'],
    [{ REDIS_SENTINELS: 'a:b' }, 'REDIS_SENTINEL_NAME: is required beside REDIS_SENTINELS'],
    [
      { REDIS_URL: 'redis://:hunter2@' },
      'REDIS_URL: expected a URL that starts with redis:// or rediss:// and names a host',
    ],
    [{ REDIS_SENTINELS: 'a:99999' }, 'REDIS_SENTINELS: expected addresses separated by commas'],
    [
      { REDIS_SENTINELS: 'a:1', REDIS_SENTINEL_NAME: 'fleet', REDIS_CLUSTER: 'true' },
      'REDIS_SENTINELS: cannot be used with REDIS_CLUSTER=true',
    ],
  ])('refuses %j', (env, problem) => {
    expect(() => parse(env)).toThrow(problem);
  });

  it('wants a password beside a user', () => {
    expect(() => parse({ NATS_USER: 'fleet' })).toThrow('NATS_PASSWORD: is required beside NATS_USER');
  });
});

describe('eventStreamConnectionOf', () => {
  it('takes credentials out of a server URL', () => {
    const connection = eventStreamConnectionOf(parse({ NATS_URL: 'nats://fleet:p%40ss@a:4222,b:4222' }));
    expect(connection).toMatchObject({
      servers: ['nats://a:4222', 'b:4222'],
      user: 'fleet',
      password: 'p@ss',
    });
  });

  it('prefers the variables of their own', () => {
    const env = {
      NATS_URL: 'nats://x:y@a:4222',
      NATS_USER: 'fleet',
      NATS_PASSWORD: 'secret',
      STREAM_REPLICAS: '3',
    };
    const connection = eventStreamConnectionOf(parse(env));
    expect(connection).toMatchObject({ user: 'fleet', password: 'secret', replicas: 3 });
    expect(connection?.streams.CHARTER_EVENTS).toEqual({ maxBytes: 1_073_741_824, maxAgeSeconds: 2_592_000 });
  });
});
