import { eventually, startNats, startRedis } from '@fleet/testing';

import { startTestGateway, type TestGateway } from './harness/gateway.ts';
import { connectTestRobot } from './harness/robot.ts';
import { sizeOf } from './proof/scale.ts';

const rounds = sizeOf('PROOF_ROUNDS', 3);

const timesAway = ({ log }: TestGateway): number => log.filter(({ msg }) => msg === 'redis is away').length;

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
    const path = `/ws/${robotId}?session=s`;
    const before = await connectTestRobot(`${first.ws}${path}`);
    for (let seq = 1; seq <= 10; seq += 1) before.telemetry(seq);
    await before.acked(10);
    const away = timesAway(first);
    await redis.kill();
    await eventually(() => timesAway(first) > away, { describe: 'Redis is seen to be away' });
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
