import { connectRedis, createMissionStore, createMissionStream } from '@fleet/fleet-store';
import { startRedis } from '@fleet/testing';
import { Redis } from 'ioredis';

import { aggregateMissions } from '../src/missions/aggregate.ts';
import { costOf, type Cost } from './cpu-clock.ts';
import { fillStream, type EntryForm } from './fill-stream.ts';
import { compareRollups } from './rollups.ts';

const entries = Number(process.env['BENCH_ENTRIES'] ?? 1_000_000);
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 3);
const memoryEntries = Number(process.env['BENCH_MEMORY_ENTRIES'] ?? 2_000_000);
const day = 86_400;
const streamKey = 'bench:missions';

const log = { debug: () => {}, info: () => {}, warn: console.warn, error: console.error };
const named = process.env['REDIS_URL'];
await using own = named === undefined ? await startRedis({ appendOnly: false }) : undefined;
const url = own?.url ?? named ?? '';
const admin = new Redis(url, { retryStrategy: () => null, lazyConnect: true });
let trouble = 'no answer';
admin.on('error', ({ message }: Error) => (trouble = message));
try {
  await admin.connect();
} catch {
  console.error(`REDIS_URL names ${url}, which is not reached: ${trouble}`);
  process.exit(1);
}
const redis = connectRedis({ url, name: 'bench', log });
await redis.untilReady();

/** The floor: reads everything and does nothing with it. */
const readAll = async (): Promise<void> => {
  for (let last = '0-0'; ;) {
    const batch = await admin.xrange(streamKey, `(${last}`, '+', 'COUNT', 5000);
    const end = batch.at(-1);
    if (end === undefined) return;
    [last] = end;
  }
};

const aggregate = async (): Promise<void> => {
  await aggregateMissions(
    {
      store: createMissionStore(redis),
      stream: createMissionStream(redis, streamKey),
      offlineSince: () => Promise.resolve(new Map()),
      retention: { minutesKeptSeconds: day, hoursKeptSeconds: 30 * day, daysKeptSeconds: 365 * day },
      endedKept: 1_000_000,
      log,
      now: Date.now,
    },
    { fence: 1, signal: new AbortController().signal },
  );
};

const forget = async (pattern: string): Promise<void> => {
  const found = await admin.keys(pattern);
  if (found.length > 0) await admin.unlink(found);
};

const line = (what: string, { seconds, clientMicros, serverMicros }: Cost, count = entries): string =>
  `${what.padEnd(28)} ${Math.round(count / seconds)
    .toLocaleString('en')
    .padStart(
      9,
    )}/s   CPU per entry: ${(clientMicros / count).toFixed(2)} µs here, ${(serverMicros / count).toFixed(2)} µs in Redis`;

const median = (costs: Cost[]): Cost => {
  const sorted = [...costs].sort((a, b) => a.seconds - b.seconds);
  return sorted[Math.floor(sorted.length / 2)] as Cost;
};

const compare = async (form: EntryForm): Promise<void> => {
  await admin.del(streamKey);
  await fillStream(admin, streamKey, entries, form);
  const floors: Cost[] = [];
  const runs: Cost[] = [];
  for (let round = 0; round < rounds; round += 1) {
    floors.push(await costOf(admin, readAll));
    await forgetMissions();
    runs.push(await costOf(admin, aggregate));
  }
  const [floor, run] = [median(floors), median(runs)];
  console.log(`\n${entries.toLocaleString('en')} ${form} entries, median of ${rounds}`);
  console.log(line('floor: bare XRANGE loop', floor));
  console.log(line('aggregation', run));
  console.log(`ratio ${(floor.seconds / run.seconds).toFixed(2)}`);
};

const forgetMissions = (): Promise<void> => forget('{missions}:*');

/** What this process needs of memory while one run after the other counts what came since, entries that are trimmed afterwards. */
const memoryOver = async (total: number): Promise<void> => {
  const runs = 10;
  const sizes: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    await fillStream(admin, streamKey, total / runs, 'event_type', (run * total) / runs);
    await aggregate();
    await admin.xtrim(streamKey, 'MAXLEN', 0);
    sizes.push(Math.round(process.memoryUsage.rss() / 2 ** 20));
  }
  console.log(
    `\nresident memory over ${total.toLocaleString('en')} entries in ${runs} runs: ${sizes.join(', ')} MiB`,
  );
};

/** A run with nothing new, in milliseconds. */
const idleRun = async (): Promise<number> => {
  const runs = 200;
  const { seconds } = await costOf(admin, async () => {
    for (let run = 0; run < runs; run += 1) await aggregate();
  });
  return (seconds * 1000) / runs;
};

const compareIdleRuns = async (): Promise<void> => {
  const idleAfter = async (count: number): Promise<number> => {
    await admin.del(streamKey);
    await forgetMissions();
    await fillStream(admin, streamKey, count, 'event_type');
    await aggregate();
    return idleRun();
  };
  const [short, long] = [await idleAfter(1000), await idleAfter(entries)];
  console.log(
    `\na run with nothing new: ${long.toFixed(2)} ms after ${entries.toLocaleString('en')} entries`,
  );
  console.log(
    `                        ${short.toFixed(2)} ms after 1,000, ratio ${(long / short).toFixed(2)}`,
  );
};

const parts: Record<string, () => Promise<void>> = {
  event_type: () => compare('event_type'),
  json: () => compare('json'),
  idle: compareIdleRuns,
  memory: () => memoryOver(memoryEntries),
  rollups: () =>
    compareRollups(redis, {
      samples: Number(process.env['BENCH_SAMPLES'] ?? 100_000),
      rounds,
      forget: () => forget('{rollups:*'),
    }),
};

const wanted = process.argv.slice(2);
for (const [name, measure] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  await measure();
  await admin.del(streamKey);
  await forgetMissions();
}
admin.disconnect();
await redis.stop();
