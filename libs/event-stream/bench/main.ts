/**
 * Publishing and subscribing beside their limits, on one server and in one process: `npm run bench -- event-stream [COUNT] [ROUNDS]`.
 * Everybody makes, checks and encodes the events they send, unless they say that theirs were prepared.
 */
import { connect } from '@nats-io/transport-node';

import { startNats } from '@fleet/testing';

import { startEventStream } from '@fleet/event-stream';
import { growthWithoutServer, measureEmit } from './emitting.ts';
import { compete, printTable, type Measurement } from './measure.ts';
import { forgetfulOutbox } from './memory-outbox.ts';
import { names, publishContenders, windowSize } from './publishing.ts';
import { quietLog } from './quiet-log.ts';
import { sample } from './sample.ts';
import { readerNames, subscribeContenders } from './subscribing.ts';

const count = Number(process.argv[2] ?? 100_000);
const rounds = Number(process.argv[3] ?? 5);
const emits = Number(process.argv[4] ?? 10_000_000);

const growth = await growthWithoutServer(emits);
console.log(
  `${emits.toLocaleString('en')} emits with no server: ${growth.peak.toFixed(0)} MB above the start at most, ` +
    `${growth.end.toFixed(0)} MB at the end, ${growth.dropped.toLocaleString('en')} dropped and counted, ` +
    `${((growth.seconds / emits) * 1e6).toFixed(2)} µs each`,
);

await using server = await startNats();
const settings = {
  servers: [server.url],
  name: 'bench',
  instance: 'bench',
  streams: { CHARTER_TELEMETRY: { maxBytes: 1024 ** 3 } },
};
const ours = startEventStream(settings, { log: quietLog });
const armed = startEventStream(settings, { log: quietLog, outbox: forgetfulOutbox() });
const nc = await connect({ servers: server.url, noAsyncTraces: true });
await Promise.all([ours, armed].map((stream) => stream.publish('telemetry.data_received', sample(0))));

const results = await compete(publishContenders(nc, ours, armed), { count, rounds });
printTable(`${count.toLocaleString('en')} events, window ${windowSize}, median of ${rounds} rounds`, results);
const rate = (name: string) => (results.get(name) as Measurement).perSecond;
const ratio = (a: string, b: string) => (rate(a) / rate(b)).toFixed(2);
console.log(`
  publish : core publish into the stream      ${ratio(names.ours, names.core)}  (to reach: 0.35)
  publish : core publish, no stream           ${ratio(names.ours, names.coreUncaptured)}
  publish : js.publish                        ${ratio(names.ours, names.js)}  (to reach: 4)
  emit with the outbox armed : without        ${ratio(names.emittedArmed, names.emitted)}`);
const readers = await compete(subscribeContenders(nc, ours), { count, rounds });
printTable(`${count.toLocaleString('en')} events read, median of ${rounds} rounds`, readers);
const read = (name: string) => (readers.get(name) as Measurement).perSecond;
console.log(`
  subscribe : bare pull consumer              ${(read(readerNames.ours) / read(readerNames.bare)).toFixed(2)}
  subscribe : bare pull consumer that parses  ${(read(readerNames.ours) / read(readerNames.bareParsed)).toFixed(2)}  (to reach: 0.8)`);

const emit = await measureEmit(ours, 200);
console.log(
  `\nemit costs its caller ${emit.clock.toFixed(2)} µs by the clock, ${emit.cpu.toFixed(2)} µs of CPU (to stay under: 3)`,
);

await Promise.all([ours.close(5_000), armed.close(5_000), nc.close()]);
