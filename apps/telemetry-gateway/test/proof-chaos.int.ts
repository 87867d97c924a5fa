import { eventually, startBalancer, startNats, startRedis } from '@fleet/testing';

import { allFaults, wreak } from './proof/chaos.ts';
import { pairedUp, readConnectionPairs } from './proof/connection-pairs.ts';
import { Gateways } from './proof/gateways.ts';
import {
  allConfirmed,
  closeAll,
  connectedAll,
  connectProofRobots,
  keepSending,
  totalAcked,
} from './proof/robots.ts';
import { numbersSaved } from './proof/saved-numbers.ts';
import { sizeOf } from './proof/scale.ts';
import { faultsOfStored } from './proof/stored-samples.ts';

const robotCount = sizeOf('PROOF_ROBOTS', 40);
const perSecond = sizeOf('PROOF_RATE', 5);
const seconds = sizeOf('PROOF_SECONDS', 25);
const deadlineMs = 300_000 + seconds * 4000;

const tell = (text: string): void => {
  if (process.env['PROOF_TELL'] !== undefined) process.stderr.write(`${new Date().toISOString()} ${text}\n`);
};

it(
  'loses nothing confirmed, doubles nothing, keeps the order and pairs every opening with a closing, whatever is killed',
  async () => {
    await using nats = await startNats();
    await using redis = await startRedis();
    await using gateways = await Gateways.start(2, { NATS_URL: nats.url, REDIS_URL: redis.url });
    await using balancer = await startBalancer(gateways.ports);
    await using robots = connectProofRobots(`ws://127.0.0.1:${balancer.port}`, 'chaos', robotCount);
    await connectedAll(robots);

    const stopSending = keepSending(robots, perSecond);
    const faults = allFaults({ nats, redis, gateways }, () => numbersSaved(redis.url, robots));
    await wreak(faults, {
      untilMs: Date.now() + seconds * 1000,
      confirmed: () => totalAcked(robots),
      tell,
    });
    stopSending();
    await allConfirmed(robots, 120_000);
    tell('everything is confirmed');
    expect(robots.flatMap(({ lost }) => lost)).toEqual([]);

    for (const { robotId, sent } of robots) {
      await eventually(
        async () => {
          const shown = await gateways.shown(robotId);
          const quality = shown.map((robot) => robot?.['quality']).find((each) => each != null);
          expect(quality).toMatchObject({ last_seq: sent, missing: [], lost: 0, rejected: 0 });
          return true;
        },
        { withinMs: 60_000, describe: `the ledger of ${robotId} is complete` },
      );
    }
    tell('ledgers are complete');
    expect(await faultsOfStored(nats.url, robots)).toEqual([]);

    await closeAll(robots);
    await pairedUp(nats.url);
    tell('paired');
    const exits = await gateways.terminate();
    expect(exits).toEqual([
      { code: 0, signal: null },
      { code: 0, signal: null },
    ]);
    const pairs = await readConnectionPairs(nats.url);
    tell(JSON.stringify(pairs));
    expect(pairs.unpaired).toEqual([]);
    expect(pairs.established).toBeGreaterThan(robotCount);
    expect(await faultsOfStored(nats.url, robots)).toEqual([]);
  },
  deadlineMs,
);
