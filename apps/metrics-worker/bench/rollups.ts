import { startEventStream, type EventStream } from '@fleet/event-stream';
import { createRollupStore, type FleetRedis } from '@fleet/fleet-store';
import { startNats } from '@fleet/testing';
import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';

import { startRollups } from '../src/rollups/start-rollups.ts';

const stream = 'CHARTER_TELEMETRY';
const robots = 200;
const quiet = { debug: () => {}, info: () => {}, warn: console.warn, error: console.error };

/** The samples of 200 robots with three metrics each, as gateways publish them. */
const fill = async (eventStream: EventStream, samples: number): Promise<void> => {
  for (let from = 0; from < samples; from += 1000) {
    const numbers = Array.from({ length: Math.min(1000, samples - from) }, (_, index) => from + index);
    await Promise.all(
      numbers.map((number) =>
        eventStream.publish('telemetry.data_received', {
          robot_id: `robot_${number % robots}`,
          connection_id: `ws_${number % robots}`,
          metrics: { cpu_usage: number % 100, memory_usage: 60.5, battery_level: 80 },
          received_at: Date.now() / 1000,
          seq: number + 1,
        }),
      ),
    );
  }
};

/** The floor: a durable of its own reads and acknowledges everything and looks at nothing. */
const readBare = async (nc: NatsConnection, samples: number, durable: string): Promise<void> => {
  const manager = await jetstreamManager(nc);
  await manager.consumers.add(stream, {
    durable_name: durable,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    max_ack_pending: 65_536,
  });
  const consumer = await jetstream(nc).consumers.get(stream, durable);
  const messages = await consumer.consume({ max_messages: 512 });
  let seen = 0;
  for await (const message of messages) {
    message.ack();
    seen += 1;
    if (seen === samples) break;
  }
  await nc.flush();
  await manager.consumers.delete(stream, durable);
};

const rollUp = async (
  eventStream: EventStream,
  redis: FleetRedis,
  samples: number,
  durable: string,
): Promise<void> => {
  let written = 0;
  await new Promise<void>((resolve) => {
    const rollups = startRollups({
      eventStream,
      store: createRollupStore(redis),
      now: Date.now,
      durable,
      onWritten: (added) => {
        written += added;
        if (written === samples) void rollups.drain().then(resolve);
      },
    });
  });
};

const secondsOf = async (work: () => Promise<void>): Promise<number> => {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
};

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Rolls up samples beside a consumer that does nothing with them, in turns, and prints both. */
export const compareRollups = async (
  redis: FleetRedis,
  { samples, rounds, forget }: { samples: number; rounds: number; forget: () => Promise<void> },
): Promise<void> => {
  await using nats = await startNats();
  const eventStream = startEventStream(
    { servers: [nats.url], name: 'bench', instance: 'bench' },
    { log: quiet },
  );
  const nc = await connect({ servers: nats.url });
  await fill(eventStream, samples);
  const floors: number[] = [];
  const runs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    floors.push(await secondsOf(() => readBare(nc, samples, `bare_${round}`)));
    await forget();
    runs.push(await secondsOf(() => rollUp(eventStream, redis, samples, `rollups_${round}`)));
  }
  await forget();
  const [floor, run] = [median(floors), median(runs)];
  const rate = (seconds: number): string =>
    Math.round(samples / seconds)
      .toLocaleString('en')
      .padStart(9);
  console.log(`\n${samples.toLocaleString('en')} samples of ${robots} robots, median of ${rounds}`);
  console.log(`${'floor: bare pull consumer'.padEnd(28)} ${rate(floor)}/s`);
  console.log(`${'rollups'.padEnd(28)} ${rate(run)}/s`);
  console.log(`ratio ${(floor / run).toFixed(2)}  (to reach: 0.6)`);
  await nc.close();
  await eventStream.close(1000);
};
