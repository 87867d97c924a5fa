import { startRedis, type Server } from '@fleet/testing';

import { startIssuer, type Issuer } from './admission/tokens.ts';
import { startTestGateway, type TestGateway } from './harness/gateway.ts';

let redis: Server;
let issuer: Issuer;
let gateway: TestGateway;

beforeAll(async () => {
  [redis, issuer] = await Promise.all([startRedis(), startIssuer()]);
  gateway = await startTestGateway({ ...issuer.env, REDIS_URL: redis.url });
}, 60_000);

afterAll(async () => {
  await gateway.stop();
  await Promise.all([redis.stop(), issuer.stop()]);
});

const ask = (path: string, token?: string): Promise<Response> =>
  fetch(`${gateway.http}${path}`, {
    headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(5000),
  });

describe('REST of a gateway that asks for tokens', () => {
  it.each(['/robots', '/robots/arm_7', '/info', '/favicon.ico', '/openapi.jsonx'])(
    'refuses %s without a token, with one that is none and with one for something else, and goes on',
    async (path) => {
      const robots = issuer.token({ sub: 'arm_7', scope: 'robot:connect' });
      const answers = [await ask(path), await ask(path, 'a.b.c'), await ask(path, robots)];
      expect(answers.map(({ status }) => status)).toEqual([401, 401, 403]);
      for (const answer of answers) {
        expect(answer.headers.get('content-type')).toBe('application/problem+json');
        expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
      }
    },
  );

  it('lets in who may read', async () => {
    const answer = await ask('/robots', issuer.token({ sub: 'operator', scope: 'telemetry:read' }));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ robots: [] });
  });

  it('says at the robots’ door how to come in, token or not', async () => {
    expect((await ask('/ws/arm_7')).status).toBe(426);
  });

  it('shows its contract to everybody', async () => {
    expect(await (await ask('/openapi.json')).json()).toHaveProperty('openapi');
  });
});
