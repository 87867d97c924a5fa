import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startEventStream, type EventStream } from '@fleet/event-stream';
import {
  connectRedis,
  GatheredReadings,
  writeReadings,
  type FleetRedis,
  type Reading,
} from '@fleet/fleet-store';
import { createApi, invalidToken } from '@fleet/service-runtime';
import { eventually, startRedis, type Server } from '@fleet/testing';
import { z } from 'zod';
import { createRoutes, exceptOpenPaths, type LedgerReport } from '../src/http/index.ts';
import { startPresence, type PresenceKeeper } from '../src/presence/index.ts';

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

let server: Server;
let redis: FleetRedis;
let eventStream: EventStream;
let presence: PresenceKeeper;
let http: HttpServer;
let address: string;
const emitted: { type: string; payload: unknown }[] = [];
const localReadings = new Map<string, Reading>();
const ledgers = new Map<string, LedgerReport>();

beforeAll(async () => {
  server = await startRedis();
  redis = connectRedis({ url: server.url, name: 'http-test', log });
  await redis.untilReady(AbortSignal.timeout(20_000));
  eventStream = startEventStream(undefined, { log });
  presence = startPresence({
    redis,
    eventStream,
    instance: 'gateway-test',
    processId: crypto.randomUUID(),
    log,
    settings: { staleAfterMs: 30_000, graceMs: 15_000 },
  });
  const app = createApi({
    log,
    authenticate: exceptOpenPaths(async (request, _response, next) => {
      if (request.get('Authorization') === 'Bearer wrong') throw invalidToken('it is wrong');
      await Promise.resolve();
      next();
    }),
    routes: createRoutes({
      redis,
      presence,
      eventStream: { emit: (type, payload) => void emitted.push({ type, payload }) },
      localLatest: (robotId) => localReadings.get(robotId),
      ledgerOf: (robotId) => ledgers.get(robotId),
      connectionsHere: () => 3,
      publishQueries: true,
      staleAfterSeconds: 30,
      info: {
        name: 'telemetry-gateway',
        version: '0.0.0',
        instance: 'gateway-test',
        protocols: ['fleet.v1'],
        features: { event_stream: false },
      },
    }),
  });
  http = createServer(app);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}, 60_000);

afterAll(async () => {
  await new Promise((resolve) => http.close(resolve));
  await presence.stop();
  await eventStream.close(1000);
  await redis.stop();
  await server.stop();
});

interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

const get = async (path: string, init?: RequestInit): Promise<Answer> => {
  const response = await fetch(address + path, init);
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: JSON.parse(text) as Record<string, unknown>,
  };
};

interface Contract {
  paths: Record<
    string,
    { get: { responses: Record<string, { content: Record<string, { schema: object }> }> } }
  >;
  components: { schemas: object };
}

/** Checks an answer against what /openapi.json says of it. */
const complies = async (template: string, { status, headers, body }: Answer): Promise<void> => {
  const contract = (await get('/openapi.json')).body as unknown as Contract;
  const content = contract.paths[template]?.get.responses[String(status)]?.content ?? {};
  const declared = content[headers.get('content-type')?.split(';')[0] ?? '']?.schema;
  if (declared === undefined) throw new Error(`${template} does not declare ${status}`);
  const schema = { ...declared, $defs: contract.components.schemas };
  const text = JSON.stringify(schema).replaceAll('#/components/schemas/', '#/$defs/');
  expect(
    z.fromJSONSchema(JSON.parse(text) as z.core.JSONSchema.JSONSchema).safeParse(body).error,
  ).toBeUndefined();
};

const connect = (robotId: string, connectedAt = Date.now()) => {
  const connectionId = `ws_${robotId}_${Math.floor(connectedAt / 1000)}_abcdef`;
  presence.open({ robotId, connectionId, connectedAt, protocol: 'fleet.v1', close: quiet });
  return connectionId;
};

const known = (robotId: string) =>
  eventually(
    async () => ((await redis.commands.zscore('robots:known', robotId)) ?? undefined) !== undefined,
    {
      describe: `${robotId} is known`,
    },
  );

const reading = (recordedAt: number, value: number, more: Partial<Reading> = {}): Reading => ({
  metrics: { cpu_usage: value, gap: null },
  attributes: { mode: 'auto' },
  recordedAt,
  receivedAt: recordedAt,
  ...more,
});

const store = async (robotId: string, readings: Reading[]): Promise<void> => {
  const limits = { maxSamples: 3600, maxAgeSeconds: 86_400 };
  const [result] = await writeReadings(
    redis,
    [{ robotId, readings: GatheredReadings.of(readings) }],
    limits,
    Date.now() / 1000,
  );
  expect(result).toMatchObject({ status: 'fulfilled' });
};

describe('GET /robots', () => {
  it('pages through all robots in the order of their ids, and each answer complies with the contract', async () => {
    const robots = ['page_a', 'page_b', 'page_c', 'page_d', 'page_e'];
    for (const robotId of robots) connect(robotId);
    await Promise.all(robots.map(known));
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const answer: Answer = await get(`/robots?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`);
      await complies('/robots', answer);
      const page = answer.body as { robots: { robot_id: string }[]; next_cursor: string | null };
      expect(page.robots.length).toBeLessThanOrEqual(2);
      seen.push(...page.robots.map((each) => each.robot_id));
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(seen).toEqual([...seen].sort());
    expect(seen.filter((robotId) => robotId.startsWith('page_'))).toEqual(robots);
  });

  it('selects by state', async () => {
    connect('state_on');
    presence.closed(connect('state_off'), 'connection_lost');
    await Promise.all(['state_on', 'state_off'].map(known));
    const offline = await eventually(async () => {
      const answer = await get('/robots?state=offline');
      return JSON.stringify(answer.body).includes('state_off') ? answer : undefined;
    });
    expect(JSON.stringify(offline.body)).not.toContain('state_on');
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=501', 'limit'],
    ['state=busy', 'state'],
    ['cursor=nonsense', 'cursor'],
    ['limit=1&limit=2', 'limit'],
    ['colour=red', 'colour'],
  ])('answers %s with 400 and the name of the parameter', async (query, parameter) => {
    const answer = await get(`/robots?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body['errors']).toMatchObject([{ parameter }]);
    await complies('/robots', answer);
  });
});

describe('GET /robots/{id}', () => {
  it('shows presence and how the connection fares', async () => {
    const connectedAt = Date.now();
    const connectionId = connect('one', connectedAt);
    ledgers.set('one', {
      ...{ lastSeq: 9, received: 7, duplicates: 1, outOfOrder: 1, rejected: 0, lost: 0 },
      missing: [[3, 4]],
    });
    const answer = await get('/robots/one');
    expect(answer.body).toMatchObject({
      robot_id: 'one',
      state: 'online',
      since: connectedAt / 1000,
      reason: null,
      connection_id: connectionId,
      instance: 'gateway-test',
      protocol: 'fleet.v1',
      contested: false,
      quality: { last_seq: 9, missing: [[3, 4]] },
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    await complies('/robots/{robot_id}', answer);
  });

  it('answers 404 for a robot never seen and 400 for what is no robot id', async () => {
    const unseen = await get('/robots/never_seen');
    expect(unseen.status).toBe(404);
    await complies('/robots/{robot_id}', unseen);
    for (const hostile of ['a.b', '%2A', '_x', 'a%0D%0Ab', '%3E', 'x'.repeat(65)]) {
      expect((await get(`/robots/${hostile}`)).status).toBe(400);
    }
  });

  it('answers other methods with 405 and Allow', async () => {
    const answer = await get('/robots/one', { method: 'DELETE' });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET, HEAD');
  });
});

describe('GET /robots/{id}/metrics', () => {
  it('gives the newest readings and publishes that they were asked for', async () => {
    const now = Date.now() / 1000;
    await store('measured', [reading(now - 2, 1), reading(now - 1, 2)]);
    const answer = await get('/robots/measured/metrics');
    expect(answer.body).toMatchObject({ metrics: { cpu_usage: 2, gap: null }, stale: false });
    await complies('/robots/{robot_id}/metrics', answer);
    const published = emitted.filter(({ type }) => type === 'telemetry.metrics_published');
    expect(published.map(({ payload }) => payload)).toMatchObject([
      { robot_id: 'measured', metrics: { cpu_usage: 2, gap: null } },
    ]);
  });

  it('prefers whichever is newer, memory or store', async () => {
    const now = Date.now() / 1000;
    await store('both', [reading(now - 10, 1)]);
    localReadings.set('both', reading(now - 5, 2));
    expect((await get('/robots/both/metrics')).body).toMatchObject({ metrics: { cpu_usage: 2 } });
    localReadings.set('both', reading(now - 20, 3));
    expect((await get('/robots/both/metrics')).body).toMatchObject({ metrics: { cpu_usage: 1 } });
  });

  it('says when they are stale', async () => {
    await store('old', [reading(Date.now() / 1000 - 31, 1)]);
    expect((await get('/robots/old/metrics')).body).toMatchObject({ stale: true });
  });

  it('answers 404 for a robot never seen, and for one that has sent nothing', async () => {
    connect('silent');
    const details = await Promise.all(
      ['never_seen', 'silent'].map(async (robotId) => {
        const answer = await get(`/robots/${robotId}/metrics`);
        await complies('/robots/{robot_id}/metrics', answer);
        return [answer.status, answer.body['detail']];
      }),
    );
    expect(details).toEqual([
      [404, 'no such robot has ever been seen'],
      [404, 'no reading of the robot is kept'],
    ]);
  });
});

describe('GET /robots/{id}/metrics/history', () => {
  const base = Math.floor(Date.now() / 1000) - 100;

  beforeAll(async () => {
    const readings = Array.from({ length: 10 }, (_, index) =>
      reading(base + index, index, { seq: index + 1 }),
    );
    readings.push({ ...reading(base + 10, 0), metrics: { battery: 50 } });
    await store('past', readings);
  });

  const times = async (query: string): Promise<number[]> => {
    const answer = await get(`/robots/past/metrics/history?${query}`);
    await complies('/robots/{robot_id}/metrics/history', answer);
    return (answer.body['samples'] as { recorded_at: number }[]).map((each) => each.recorded_at - base);
  };

  it('gives the newest first, bounded by time and number', async () => {
    expect(await times('limit=3')).toEqual([10, 9, 8]);
    expect(await times(`from=${base + 2}&to=${base + 4}`)).toEqual([4, 3, 2]);
  });

  it('gives one metric where it was reported', async () => {
    expect(await times('metric=battery')).toEqual([10]);
    expect(await times('metric=cpu_usage&limit=2')).toEqual([9, 8]);
  });

  it('refuses a range that ends before it begins, and what is no metric', async () => {
    for (const query of ['from=2&to=1', 'metric=a%20b', 'limit=1001', 'from=yesterday']) {
      expect((await get(`/robots/past/metrics/history?${query}`)).status).toBe(400);
    }
  });
});

describe('GET /info and /openapi.json', () => {
  it('describe this instance and the routes', async () => {
    const info = await get('/info');
    expect(info.body).toMatchObject({ name: 'telemetry-gateway', active_connections: 3 });
    await complies('/info', info);
    const { body, headers } = await get('/openapi.json');
    expect(headers.get('cache-control')).toBe('public, max-age=300');
    expect(Object.keys(body['paths'] as object)).toEqual([
      '/robots',
      '/robots/{robot_id}',
      '/robots/{robot_id}/metrics',
      '/robots/{robot_id}/metrics/history',
      '/info',
      '/ws/{robot_id}',
    ]);
  });
});

describe('GET /ws/{robot_id} without an upgrade', () => {
  it('answers 426 and says what to upgrade to', async () => {
    const answer = await get('/ws/robot_001');
    expect(answer.status).toBe(426);
    expect(answer.headers.get('upgrade')).toBe('websocket');
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    await complies('/ws/{robot_id}', answer);
  });

  it('says so before it asks for a token, and nothing else does', async () => {
    const wrong = { headers: { Authorization: 'Bearer wrong' } };
    expect((await get('/ws/robot_001', wrong)).status).toBe(426);
    for (const path of ['/robots', '/info', '/ws', '/ws/robot_001/metrics', '/robots/ws/metrics'])
      expect((await get(path, wrong)).status).toBe(401);
  });
});

describe('while Redis is away', () => {
  it('answers for robots that are connected here, says so for others, and recovers', async () => {
    connect('here');
    localReadings.set('here', reading(Date.now() / 1000, 42));
    await known('here');
    await server.kill();
    await eventually(() => redis.status === 'away');
    expect((await get('/robots/here')).body).toMatchObject({ state: 'online' });
    expect((await get('/robots/here/metrics')).body).toMatchObject({ metrics: { cpu_usage: 42 } });
    for (const [path, template] of [
      ['/robots', '/robots'],
      ['/robots/elsewhere', '/robots/{robot_id}'],
      ['/robots/elsewhere/metrics', '/robots/{robot_id}/metrics'],
      ['/robots/here/metrics/history', '/robots/{robot_id}/metrics/history'],
    ] as const) {
      const answer = await get(path);
      expect([path, answer.status, answer.headers.get('retry-after')]).toEqual([path, 503, '5']);
      await complies(template, answer);
    }
    await server.start();
    await eventually(async () => (await get('/robots')).status === 200);
  }, 60_000);
});
