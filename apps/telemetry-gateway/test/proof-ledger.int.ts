import { eventually, startNats, startRedis } from '@fleet/testing';

import { startGatewayProcess } from './harness/gateway-process.ts';
import { startTestGateway, type TestGateway } from './harness/gateway.ts';
import { connectTestRobot } from './harness/robot.ts';
import { untilSaved } from './proof/saved-numbers.ts';
import { sizeOf } from './proof/scale.ts';

const orphan = { robotId: 'orphan', session: 's' };
const rounds = sizeOf('PROOF_ROUNDS', 3);

/** Whether that is what the gateway said of Redis last. */
const sees = ({ log }: TestGateway, said: 'redis is away' | 'redis is ready'): boolean =>
  log.findLast(({ msg }) => msg.startsWith('redis is '))?.msg === said;

const qualityOf = async ({ http }: TestGateway, robotId: string): Promise<unknown> => {
  const shown = (await (await fetch(`${http}/robots/${robotId}`)).json()) as Record<string, unknown>;
  return shown['quality'];
};

it('calls nothing missing that two gateways confirmed one after the other while Redis was away', async () => {
  await using nats = await startNats();
  await using redis = await startRedis();
  const env = { NATS_URL: nats.url, REDIS_URL: redis.url };
  await using first = await startTestGateway(env);
  await using second = await startTestGateway(env);
  // Which of them is the first to see Redis again is a matter of luck: hence the rounds.
  for (let round = 0; round < rounds; round += 1) {
    const robotId = `wanderer_${round}`;
    await eventually(() => sees(first, 'redis is ready') && sees(second, 'redis is ready'));
    const path = `/ws/${robotId}?session=s`;
    const before = await connectTestRobot(`${first.ws}${path}`);
    for (let seq = 1; seq <= 10; seq += 1) before.telemetry(seq);
    await before.acked(10);
    await redis.kill();
    await eventually(() => sees(first, 'redis is away'));
    for (let seq = 11; seq <= 20; seq += 1) before.telemetry(seq);
    await before.acked(20);
    before.socket.terminate();
    const after = await connectTestRobot(`${second.ws}${path}`);
    for (let seq = 21; seq <= 30; seq += 1) after.telemetry(seq);
    await after.acked(30);
    await redis.start();
    await eventually(
      async () => {
        after.telemetry(30);
        expect(await qualityOf(second, robotId)).toMatchObject({ last_seq: 30, missing: [], lost: 0 });
        expect(after.lastAck).toEqual({ type: 'ack', seq: 30 });
        return true;
      },
      { withinMs: 40_000, describe: `the ledger of ${robotId} is complete` },
    );
    expect(after.closed).toBeUndefined();
    after.close();
  }
}, 180_000);

it.each(['is back', 'is still away'])(
  'calls nothing missing, and stores nothing twice, that a gateway confirmed without Redis before it was killed: Redis %s',
  async (store) => {
    await using nats = await startNats();
    await using redis = await startRedis();
    const env = { NATS_URL: nats.url, REDIS_URL: redis.url };
    const first = await startGatewayProcess(env);
    await using dying = first.child;
    const before = await connectTestRobot(`${first.ws}/ws/orphan?session=s`);
    for (let seq = 1; seq <= 10; seq += 1) before.telemetry(seq);
    await before.acked(10);
    await untilSaved(redis.url, [{ ...orphan, last: 10 }]);
    await redis.kill();
    await dying.line(/redis is away/);
    for (let seq = 12; seq <= 300; seq += 1) before.telemetry(seq);
    await before.acked(300);
    dying.kill('SIGKILL');
    await dying.exited;
    if (store === 'is back') await redis.start();
    await using second = await startTestGateway(env);
    await eventually(async () =>
      /event_stream\W+ok/.test(await (await fetch(`${second.admin}/readyz`)).text()),
    );

    const after = await connectTestRobot(`${second.ws}/ws/orphan?session=s`);
    expect(await after.welcome()).toMatchObject({ last_seq: 300, missing: [[11, 11]] });
    // The events' ids would tell within the stream's duplicate window; the gateway has to know for ever.
    for (let seq = 280; seq <= 301; seq += 1) after.telemetry(seq);
    expect(await after.acked(301)).toMatchObject({ missing: [[11, 11]] });
    const figures = await (await fetch(`${second.admin}/metrics`)).text();
    expect(figures).toContain('fleet_gateway_samples_total{outcome="stored"} 1\n');
    expect(figures).toContain('fleet_gateway_samples_total{outcome="duplicate"} 21\n');
    expect(figures).toContain('fleet_gateway_opened_sessions_total{outcome="completed"} 1\n');
    if (store !== 'is back') await redis.start();
    await untilSaved(redis.url, [{ ...orphan, last: 301 }]);
    after.close();
  },
  180_000,
);
