import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import {
  createApi,
  createRegistry,
  ProblemError,
  startHttpServer,
  type StartedServer,
} from '../src/index.ts';

interface Line {
  fields: object;
  message: string;
}

const errors: Line[] = [];
const registry = createRegistry();
const app = createApi({
  registry,
  log: { debug: () => undefined, error: (fields, message) => void errors.push({ fields, message }) },
  routes(api) {
    api.get('/robots/:id', (request, response) => response.json({ id: request.params.id }));
    api.post('/robots/:id', (request, response) => response.json(request.body));
    api.get('/cached', (_request, response) => response.set('Cache-Control', 'max-age=60').json({}));
    api.get('/away', () => {
      throw new ProblemError(503, 'the store is away', { 'Retry-After': '5' });
    });
    api.get('/broken', () => {
      throw new Error('secret of the house');
    });
    api.get('/broken-later', () => Promise.reject(new Error('secret of the house')));
    api.get('/broken-half-way', (_request, response) => {
      response.write('half');
      throw new Error('secret of the house');
    });
  },
});

describe('an API', () => {
  let server: StartedServer;
  const request = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${server.port}${path}`, init);
  const json = { 'Content-Type': 'application/json' };
  beforeAll(async () => {
    server = await startHttpServer({ app, port: 0, name: 'PORT' });
  });
  afterAll(() => server.stop());

  async function raw(...parts: string[]): Promise<string> {
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    for (const part of parts) socket.write(part);
    return text(socket);
  }

  it('answers and says nothing of how it is made', async () => {
    const response = await request('/robots/arm_7');
    expect(await response.json()).toEqual({ id: 'arm_7' });
    expect(response.headers.get('x-powered-by')).toBeNull();
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-security-policy')).not.toBeNull();
  });

  it('is not cached unless a route says so', async () => {
    expect((await request('/robots/arm_7')).headers.get('cache-control')).toBe('no-store');
    expect((await request('/cached')).headers.get('cache-control')).toBe('max-age=60');
  });

  it('keeps a sound request id and replaces another', async () => {
    const given = await request('/robots/a', { headers: { 'X-Request-Id': 'run-7' } });
    expect(given.headers.get('x-request-id')).toBe('run-7');
    const odd = await request('/robots/a', { headers: { 'X-Request-Id': 'a b"' } });
    expect(odd.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    ['an unknown address', '/nothing', {}, 404],
    ['a URL that is not properly encoded', '/robots/%E0%A4%A', {}, 400],
    ['another method', '/robots/arm_7', { method: 'DELETE' }, 405],
    [
      'another method with a body it would refuse',
      '/cached',
      { method: 'POST', body: 'x'.repeat(100_000) },
      405,
    ],
    ['a body that is no JSON', '/robots/a', { method: 'POST', body: '{"a":', headers: json }, 400],
    [
      'a body too large',
      '/robots/a',
      { method: 'POST', body: `"${'x'.repeat(65_536)}"`, headers: json },
      413,
    ],
    ['another media type', '/robots/a', { method: 'POST', body: 'a=b' }, 415],
    [
      'another encoding',
      '/robots/a',
      { method: 'POST', body: '{}', headers: { ...json, 'Content-Encoding': 'odd' } },
      415,
    ],
    ['a problem of its own', '/away', {}, 503],
    ['a fault', '/broken', {}, 500],
    ['a fault in a promise', '/broken-later', {}, 500],
  ])('answers %s with problem details', async (_what, path, init, status) => {
    const response = await request(path, init);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const body = await response.text();
    expect(JSON.parse(body)).toMatchObject({
      type: 'about:blank',
      status,
      request_id: response.headers.get('x-request-id'),
    });
    expect(body).not.toMatch(/secret|node_modules|\.ts/);
  });

  it('says which methods a resource has', async () => {
    const response = await request('/robots/arm_7', { method: 'PUT' });
    expect(response.headers.get('allow')).toBe('GET, HEAD, POST');
    expect((await request('/robots/arm_7', { method: 'HEAD' })).status).toBe(200);
  });

  it('passes a problem’s headers on', async () => {
    expect((await request('/away')).headers.get('retry-after')).toBe('5');
  });

  it('takes JSON with parameters and suffixes', async () => {
    const headers = { 'Content-Type': 'application/merge-patch+json; charset=utf-8' };
    expect((await request('/robots/a', { method: 'POST', body: '{"a":1}', headers })).status).toBe(200);
  });

  it('logs a fault with its request id, and no one else’s mistakes', async () => {
    errors.length = 0;
    await request('/nothing');
    await request('/broken', { headers: { 'X-Request-Id': 'run-8' } });
    expect(errors).toMatchObject([
      {
        message: 'request failed',
        fields: { requestId: 'run-8', route: '/broken', err: { message: 'secret of the house' } },
      },
    ]);
  });

  it('breaks off an answer that fails half-way', async () => {
    await expect(request('/broken-half-way').then((response) => response.text())).rejects.toThrow();
  });

  it('counts by route template, never by path', async () => {
    await request('/robots/secret_robot');
    await request('/wp-login.php');
    const metrics = await registry.metrics();
    expect(metrics).toContain(
      'http_request_duration_seconds_count{method="GET",route="/robots/:id",status="200"}',
    );
    expect(metrics).toContain('route="unmatched",status="404"');
    expect(metrics).not.toMatch(/secret_robot|wp-login/);
  });

  it('answers what is no HTTP with problem details', async () => {
    const answer = await raw('what is this\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer).toContain('application/problem+json');
  });

  it('answers headers without end', async () => {
    const answer = await raw(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('gives up on requests that are never finished, and on those that are never begun', async () => {
    const unfinished = Array.from({ length: 20 }, () => raw('GET / HTTP/1.1\r\nHost: x\r\n', 'X-'));
    const unbegun = Array.from({ length: 20 }, () => raw());
    const answers = await Promise.all([...unfinished, ...unbegun]);
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  }, 60_000);
});

describe('stopping a server', () => {
  it('finishes the request under way, refuses new ones and ends', async () => {
    let finish: () => void = () => undefined;
    let begun: () => void = () => undefined;
    const underWay = new Promise<void>((resolve) => (begun = resolve));
    const server = await startHttpServer({
      app: (_request, response) => {
        finish = () => void response.end('done');
        begun();
      },
      port: 0,
      name: 'PORT',
    });
    const address = `http://127.0.0.1:${server.port}/`;
    const answer = fetch(address);
    await underWay;
    const stopped = server.stop(20_000);
    await expect(fetch(address)).rejects.toThrow();
    finish();
    expect(await (await answer).text()).toBe('done');
    await stopped;
  });

  it('cuts off what does not end', async () => {
    let begun: () => void = () => undefined;
    const underWay = new Promise<void>((resolve) => (begun = resolve));
    const server = await startHttpServer({ app: () => begun(), port: 0, name: 'PORT' });
    const answer = expect(fetch(`http://127.0.0.1:${server.port}/`)).rejects.toThrow();
    await underWay;
    await server.stop(50);
    await answer;
  });
});
