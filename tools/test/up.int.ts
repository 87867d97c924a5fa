import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startNats, startRedis } from '@fleet/testing';

const rows = 200;
const rowsOfCycle = 20;

/** A recording of ten cycles, two of which end badly. */
const recording = Array.from({ length: rows }, (_, row) => {
  const cycle = Math.floor(row / rowsOfCycle) + 1;
  const isLast = row % rowsOfCycle === rowsOfCycle - 1;
  return JSON.stringify({
    timestamp: new Date(1_700_000_000_000 + row * 1_000).toISOString(),
    joint_temperature: 30 + row / 10,
    cycle,
    grip_lost: isLast && cycle % 5 === 0,
  });
}).join('\n');

const start = (args: string[], env: Record<string, string>) => {
  const child = spawn(process.execPath, [join(__dirname, '../start.mjs'), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written: string[] = [];
  for (const output of [child.stdout, child.stderr])
    output.on('data', (chunk) => written.push(String(chunk)));
  const ended = once(child, 'close').then(() => child.exitCode);
  return { child, ended, written: () => written.join('') };
};

describe('npm start', () => {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'fleet-up-'));
  });
  afterAll(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  it('plays a recording to its end and accounts for every sample and mission', async () => {
    const file = join(directory, 'recording.jsonl');
    await writeFile(file, recording);
    const up = start(['--replay', file, '--speed', 'max'], {});
    const code = await up.ended;
    expect(up.written()).toContain(`messages in CHARTER_TELEMETRY: ${rows}`);
    expect(up.written()).toContain('missions: 8 completed, 2 failed, 0 cancelled, 0 under way');
    expect(code).toBe(0);
  }, 240_000);

  it('refuses a recording that is not there before it starts anything', async () => {
    const up = start(['--replay', join(directory, 'nowhere.jsonl')], {});
    await expect(up.ended).resolves.toBe(2);
    expect(up.written()).toContain('nowhere.jsonl does not exist');
  }, 120_000);

  it('says why a service did not start, keeps its logs, and ends', async () => {
    await using nats = await startNats();
    await using redis = await startRedis();
    const up = start(['--no-fleet'], {
      NATS_URL: nats.url,
      REDIS_URL: redis.url,
      HEARTBEAT_INTERVAL_MS: 'often',
      TMPDIR: directory,
    });
    await expect(up.ended).resolves.toBe(1);
    expect(up.written()).toMatch(
      /telemetry-gateway ended at start[\s\S]*HEARTBEAT_INTERVAL_MS[\s\S]*Stopped/,
    );
    const [, logs = ''] = /The logs are kept in (\S+)/.exec(up.written()) ?? [];
    await expect(readFile(join(logs, 'telemetry-gateway.log'), 'utf8')).resolves.toContain(
      'HEARTBEAT_INTERVAL_MS',
    );
  }, 240_000);
});
