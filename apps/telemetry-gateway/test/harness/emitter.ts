/**
 * A process that emits life-cycle events with an outbox behind its event stream, for tests that kill it.
 * Says `held` once everything it emitted is either stored or in the outbox, and `idle` when the outbox is empty too.
 */
import { startEventStream } from '@fleet/event-stream';
import { connectRedis, createOutbox } from '@fleet/fleet-store';

const { NATS_URL = '', REDIS_URL = '', FIRST = '1', COUNT = '0', ROBOTS = '10' } = process.env;

const say = (line: object): void => console.log(JSON.stringify(line));
const ignore = (): void => undefined;
const report = (fields: object, message: string): void => say({ message, ...fields });
const log = { debug: ignore, info: ignore, warn: report, error: report };

const redis = connectRedis({ url: REDIS_URL, name: 'emitter', log });
await redis.untilReady();
const stream = startEventStream(
  { servers: [NATS_URL], name: 'emitter', instance: `emitter-${process.pid}`, pingIntervalMs: 1_000 },
  { log, outbox: createOutbox(redis) },
);

for (let i = 0; i < Number(COUNT); i += 1) {
  const seq = Number(FIRST) + i;
  stream.emit('telemetry.connection_established', {
    robot_id: `robot_${seq % Number(ROBOTS)}`,
    connection_id: `connection_${seq}`,
    connected_at: Date.now() / 1000,
  });
}

const looking = setInterval(() => {
  const { pending, outbox, stored, outboxed, relayed } = stream.status();
  const facts = { stored, outboxed, relayed };
  if (pending === 0) console.log('held', JSON.stringify(facts));
  if (pending === 0 && outbox?.entries === 0) console.log('idle', JSON.stringify(facts));
}, 100);

process.once('SIGTERM', () => {
  clearInterval(looking);
  void stream
    .close(5_000)
    .then(() => redis.stop())
    .then(() => process.exit(0));
});
