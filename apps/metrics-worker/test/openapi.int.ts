import { createRollupStore } from '@fleet/fleet-store';
import { eventually, startRedis, type Server } from '@fleet/testing';
import { z } from 'zod';

import { counted } from './counted-fixture.ts';
import { connectProducer, missionEntries } from './missions-fixture.ts';
import { startTestWorker, type TestWorker } from './worker-fixture.ts';

jest.setTimeout(60_000);

interface Operation {
  parameters: { name: string; in: string; required: boolean }[];
  responses: Record<string, { content: Record<string, { schema: object }> }>;
}
interface Contract {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: object };
}

let redis: Server;
let worker: TestWorker;
let contract: Contract;

beforeAll(async () => {
  redis = await startRedis();
  await using producer = await connectProducer(redis.url);
  await producer.addAll([
    ...missionEntries('m1', 'completed', { robot_id: 'robot_001' }),
    ...missionEntries('m2', 'failed', { timestamp: Date.now() / 1000 - 600 }),
  ]);
  const atMs = Date.now();
  const sample = { robotId: 'robot_001', sequence: 1, storedAtMs: atMs, atMs };
  await createRollupStore(producer.redis).add([{ ...sample, readings: [['battery_level', 80]] }], atMs);
  worker = await startTestWorker({ redis: redis.url });
  await counted(worker, 6);
  contract = (await worker.get('/openapi.json')).body as Contract;
}, 120_000);

afterAll(async () => {
  await worker.stop();
  await redis.stop();
});

/** Checks an answer against what the contract says of it. */
const complies = (operation: Operation | undefined, answer: { status: number; body: unknown }): void => {
  const media = answer.status < 400 ? 'application/json' : 'application/problem+json';
  const declared = operation?.responses[String(answer.status)]?.content[media]?.schema;
  if (declared === undefined) throw new Error(`the contract does not declare ${answer.status}`);
  const text = JSON.stringify({ ...declared, $defs: contract.components.schemas });
  const schema = JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')) as object;
  expect(
    z.fromJSONSchema(schema as z.core.JSONSchema.JSONSchema).safeParse(answer.body).error,
  ).toBeUndefined();
};

describe('the contract', () => {
  it.each([
    ['/missions/metrics', '/missions/metrics?window=1h'],
    ['/missions/metrics', '/missions/metrics'],
    ['/missions/metrics', '/missions/metrics?window=5'],
    ['/missions/metrics/series', '/missions/metrics/series?window=2h&step=1m'],
    ['/missions/metrics/series', '/missions/metrics/series?window=2h&stepp=1m'],
    ['/robots/{robot_id}/metrics/rollup', '/robots/robot_001/metrics/rollup?metric=battery_level'],
    ['/robots/{robot_id}/metrics/rollup', '/robots/__proto__/metrics/rollup?metric=battery_level'],
    ['/fleet/metrics/rollup', '/fleet/metrics/rollup?metric=battery_level'],
    ['/fleet/metrics/rollup', '/fleet/metrics/rollup'],
    ['/jobs/{job_id}/runs', '/jobs/aggregate_mission_metrics/runs'],
    ['/jobs/{job_id}/runs', '/jobs/toString/runs'],
  ])('of %s covers the answer to %s', async (template, path) => {
    complies(contract.paths[template]?.['get'], await worker.get(path));
  });

  it('covers the jobs, one of which has run', async () => {
    const answer = await eventually(async () => {
      const asked = await worker.get('/jobs');
      return JSON.stringify(asked.body).includes('"outcome":"completed"') && asked;
    });
    complies(contract.paths['/jobs']?.['get'], answer);
  });

  it('covers a run on request', async () => {
    complies(contract.paths['/jobs/{job_id}/run']?.['post'], await worker.post('/jobs/trim_history/run'));
    complies(contract.paths['/jobs/{job_id}/run']?.['post'], await worker.post('/jobs/tidy_up/run'));
  });

  it('says which parameters must be given', () => {
    const { parameters } = contract.paths['/robots/{robot_id}/metrics/rollup']?.['get'] as Operation;
    expect(parameters).toMatchObject([
      { name: 'robot_id', in: 'path', required: true },
      { name: 'metric', in: 'query', required: true },
      { name: 'window', in: 'query', required: false, schema: { default: '1h' } },
      { name: 'step', in: 'query', required: false },
    ]);
  });

  it('may be kept by whoever asks for it', async () => {
    const { headers } = await fetch(`${worker.url}/openapi.json`);
    expect(headers.get('cache-control')).toBe('public, max-age=300');
  });
});
