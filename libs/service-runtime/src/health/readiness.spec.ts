import { createReadiness } from './readiness.ts';

describe('createReadiness', () => {
  it('is ready between starting and draining', () => {
    const readiness = createReadiness();
    expect(readiness.report()).toEqual({ state: 'starting', ready: false, dependencies: {} });
    readiness.set('ready');
    expect(readiness.report().ready).toBe(true);
    readiness.set('draining');
    expect(readiness.report()).toEqual({ state: 'draining', ready: false, dependencies: {} });
  });

  it('names each dependency and needs only those that are required', () => {
    const readiness = createReadiness();
    readiness.set('ready');
    let store: 'ok' | 'degraded' | 'down' = 'degraded';
    readiness.dependency('nats', () => 'down');
    readiness.dependency('redis', () => store, { required: true });
    expect(readiness.report()).toMatchObject({
      ready: true,
      dependencies: { nats: 'down', redis: 'degraded' },
    });
    store = 'down';
    expect(readiness.report().ready).toBe(false);
  });

  it('takes a check that throws for a dependency that is down', () => {
    const readiness = createReadiness();
    readiness.set('ready');
    readiness.dependency('redis', () => {
      throw new Error('no');
    });
    expect(readiness.report()).toMatchObject({ ready: true, dependencies: { redis: 'down' } });
  });
});
