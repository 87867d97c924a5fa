import { join } from 'node:path';

import { eventually, startChild, startNats, startRedis, type Child, type Server } from '@fleet/testing';
import { WebSocket } from 'ws';

import { startCollector, type CollectedSpan, type Collector } from './tracing/collector.ts';

const root = join(__dirname, '../..');
const callersTrace = '0af7651916cd43dd8448eb211c80319c';
const callersSpan = 'b7ad6b7169203331';
const traceparent = `00-${callersTrace}-${callersSpan}-01`;

describe('traces', () => {
  let nats: Server;
  let redis: Server;

  beforeAll(async () => {
    [nats, redis] = await Promise.all([startNats(), startRedis()]);
  }, 120_000);

  afterAll(async () => {
    await Promise.all([nats.stop(), redis.stop()]);
  });

  const start = (service: 'telemetry-gateway' | 'metrics-worker', env: Record<string, string>): Child =>
    startChild({
      entry: join(root, 'apps', service, 'src/main.ts'),
      env: {
        PORT: '0',
        ADMIN_PORT: '0',
        LOG_LEVEL: 'debug',
        DRAIN_SECONDS: '0',
        NATS_URL: nats.url,
        REDIS_URL: redis.url,
        OTEL_BSP_SCHEDULE_DELAY: '100',
        NODE_OPTIONS: `--require ${join(__dirname, 'tracing/print-modules.cjs')}`,
        ...env,
      },
    });

  const portOf = async (child: Child): Promise<number> => {
    const line = await child.line(/(gateway|worker) listens/, 60_000);
    return (JSON.parse(line) as { port: number }).port;
  };

  const stored = async (port: number, robotId: string): Promise<void> => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/${robotId}`);
    const acked = new Promise<void>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('message', (data: Buffer) => {
        if ((JSON.parse(data.toString()) as { type: string }).type === 'ack') resolve();
      });
    });
    socket.on('open', () =>
      socket.send(JSON.stringify({ type: 'telemetry', seq: 1, metrics: { cpu_usage: 45.2 } })),
    );
    await acked;
    socket.close();
  };

  const find = async (
    { spans }: Collector,
    matches: (span: CollectedSpan) => boolean,
  ): Promise<CollectedSpan> => {
    await eventually(() => spans.some(matches), { withinMs: 30_000 });
    return spans.find(matches) as CollectedSpan;
  };

  it("hold a robot's message, its publishing and its handling elsewhere", async () => {
    await using collector = await startCollector();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint };
    await using gateway = start('telemetry-gateway', env);
    await using worker = start('metrics-worker', env);
    await portOf(worker);
    await stored(await portOf(gateway), 'robot_001');

    const received = await find(
      collector,
      ({ name, attributes }) => name === 'receive fleet.v1' && attributes['fleet.robot.id'] === 'robot_001',
    );
    expect(received).toMatchObject({ service: 'telemetry-gateway', parentSpanId: '' });
    const sent = await find(collector, ({ parentSpanId }) => parentSpanId === received.spanId);
    expect(sent).toMatchObject({
      service: 'telemetry-gateway',
      name: 'send charter.v1.telemetry.data_received.{robot_id}',
      traceId: received.traceId,
    });
    const handled = await find(collector, ({ parentSpanId }) => parentSpanId === sent.spanId);
    expect(handled).toMatchObject({
      service: 'metrics-worker',
      name: 'process charter.v1.telemetry.data_received.{robot_id}',
      traceId: received.traceId,
    });
  }, 120_000);

  it('hold a request, what it asks of Redis and what it publishes; logs name the trace; the sampler decides', async () => {
    await using collector = await startCollector();
    await using gateway = start('telemetry-gateway', {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=gateway-of-this-test',
    });
    const port = await portOf(gateway);
    await stored(port, 'robot_002');
    const url = `http://127.0.0.1:${port}/robots/robot_002/metrics/history`;
    await eventually(async () => (await fetch(url)).ok);
    expect((await fetch(url, { headers: { traceparent } })).status).toBe(200);
    await fetch(`http://127.0.0.1:${port}/robots/robot_002/metrics`, { headers: { traceparent } });

    const request = await find(collector, ({ name }) => name === 'GET /robots/:robot_id/metrics/history');
    expect(request).toMatchObject({
      service: 'gateway-of-this-test',
      traceId: callersTrace,
      parentSpanId: callersSpan,
      attributes: { 'http.response.status_code': 200 },
    });
    const command = await find(collector, ({ parentSpanId }) => parentSpanId === request.spanId);
    expect(command.attributes).toMatchObject({ 'db.system.name': 'redis' });
    const published = await find(
      collector,
      ({ name }) => name === 'send charter.v1.telemetry.metrics_published.{robot_id}',
    );
    expect(published.traceId).toBe(callersTrace);
    await gateway.line(
      (line) => line.includes('"request answered"') && line.includes(`"trace_id":"${callersTrace}"`),
    );

    gateway.kill('SIGTERM');
    expect(await gateway.exited).toMatchObject({ code: 0 });
    // Nobody asked for the rest to be sampled.
    expect(collector.spans.filter(({ traceId }) => traceId !== callersTrace)).toEqual([]);
    expect(gateway.lines.at(-1)).toMatch(/loaded: .*@opentelemetry\/sdk-trace/);
  }, 120_000);

  it('cost no stop its exit code while the collector is away', async () => {
    await using gateway = start('telemetry-gateway', {
      // Nothing listens there.
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    });
    await stored(await portOf(gateway), 'robot_003');
    gateway.kill('SIGTERM');
    expect(await gateway.exited).toMatchObject({ code: 0 });
  }, 120_000);

  it.each(['telemetry-gateway', 'metrics-worker'] as const)(
    'load nothing into the %s that has nowhere to send them',
    async (service) => {
      await using child = start(service, { OTEL_EXPORTER_OTLP_ENDPOINT: '' });
      await portOf(child);
      await child.line(/service started/, 30_000);
      child.kill('SIGTERM');
      expect(await child.exited).toMatchObject({ code: 0 });
      expect(child.lines.at(-1)).toBe('loaded: @opentelemetry/api');
    },
    120_000,
  );
});
