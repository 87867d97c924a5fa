import { createReadiness, createRegistry, startAdminServer } from '../src/index.ts';

async function startSample() {
  const readiness = createReadiness();
  const log = { error: () => undefined };
  const server = await startAdminServer({ port: 0, readiness, registry: createRegistry(), log });
  const get = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${server.port}${path}`, init);
  return { readiness, server, get };
}

describe('the admin server', () => {
  let sample: Awaited<ReturnType<typeof startSample>>;
  beforeEach(async () => {
    sample = await startSample();
  });
  afterEach(() => sample.server.stop());

  it('is alive whatever its dependencies are', async () => {
    sample.readiness.dependency('nats', () => 'down', { required: true });
    sample.readiness.dependency('redis', () => 'down', { required: true });
    expect((await sample.get('/livez')).status).toBe(200);
  });

  it('is not ready while starting and draining, and says which dependency is how', async () => {
    expect((await sample.get('/readyz')).status).toBe(503);
    sample.readiness.set('ready');
    sample.readiness.dependency('redis', () => 'down');
    const ready = await sample.get('/readyz');
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({ state: 'ready', ready: true, dependencies: { redis: 'down' } });
    sample.readiness.set('draining');
    const draining = await sample.get('/readyz');
    expect(draining.status).toBe(503);
    expect(await draining.json()).toMatchObject({ state: 'draining' });
  });

  it('is not ready without a required dependency', async () => {
    sample.readiness.set('ready');
    sample.readiness.dependency('redis', () => 'down', { required: true });
    expect((await sample.get('/readyz')).status).toBe(503);
  });

  it('gives the figures of the process to Prometheus', async () => {
    const response = await sample.get('/metrics');
    expect(response.headers.get('content-type')).toContain('text/plain');
    const text = await response.text();
    expect(text).toContain('process_cpu_seconds_total');
    expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
  });

  it('answers anything else with problem details', async () => {
    const missing = await sample.get('/metrics/x?a=b');
    expect(missing.status).toBe(404);
    expect(missing.headers.get('content-type')).toBe('application/problem+json');
    const posted = await sample.get('/livez?x', { method: 'POST' });
    expect(posted.status).toBe(405);
    expect(posted.headers.get('allow')).toBe('GET, HEAD');
    expect(await posted.json()).toMatchObject({ status: 405, title: 'Method Not Allowed' });
  });

  it('answers HEAD without a body', async () => {
    const response = await sample.get('/livez', { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });
});
