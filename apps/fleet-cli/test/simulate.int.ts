import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { eventually, reservePort, startChild } from '@fleet/testing';

import type { Summary } from '../src/report/summary.ts';
import { happeningsByMission, missionEntries } from './mission-entries.ts';
import { writeRecording } from './recording.ts';
import { runFleet, type RunningFleet } from './run-fleet.ts';
import { startStack, type Stack } from './stack.ts';
import { storedSamples } from './stored-samples.ts';

jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'fleet-simulate-'));
let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});
afterAll(async () => {
  await stack.stop();
  rmSync(folder, { recursive: true });
});

const simulate = (stream: string, ...args: string[]): RunningFleet =>
  runFleet(
    'simulate',
    '--json',
    '--gateway',
    stack.gatewayUrl,
    '--redis',
    stack.redis.url,
    '--stream',
    stream,
    ...args,
  );

const summaryOf = async (run: RunningFleet, code = 0): Promise<Summary> => {
  const ended = await run.code;
  if (ended !== code) throw new Error(`expected exit code ${code}, got ${ended}: ${run.err.join('\n')}`);
  return JSON.parse(run.out.join('')) as Summary;
};

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('fleet simulate', () => {
  it('streams made-up robots and has everything confirmed', async () => {
    const run = simulate(
      'made-up',
      '--robots',
      '5',
      '--rate',
      '20',
      '--duration',
      '3',
      '--seed',
      '7',
      '--prefix',
      'sim_',
    );
    const summary = await summaryOf(run);
    expect(summary).toMatchObject({ robots: 5, samples: { refused: 0, dropped: 0, unconfirmed: 0 } });
    expect(summary.samples.acked).toBeGreaterThan(5 * 20);
    expect(summary.samples.acked).toBe(summary.samples.sent);
    const stored = await storedSamples(stack.nats.url, 'sim_001');
    expect(stored.map(({ seq }) => seq)).toEqual(numbers(stored.length));
  });

  it('writes every mission from its beginning to its end', async () => {
    const run = simulate('missions', '--robots', '20', '--rate', '1', '--seed', '1', '--prefix', 'miss_');
    await eventually(async () => (await missionEntries(stack.redis.url, 'missions')).length >= 10);
    run.interrupt();
    const { missions, missionEvents } = await summaryOf(run);
    const entries = await missionEntries(stack.redis.url, 'missions');
    const byMission = happeningsByMission(entries);
    expect(missions).toMatchObject({ created: byMission.size, open: 0 });
    expect(missionEvents).toEqual({ stream: 'missions', written: entries.length, unwritten: 0 });
    for (const happenings of byMission.values())
      expect(happenings).toMatch(/^created started (completed|failed|cancelled)$/);
    for (const { robot_id: robotId } of entries) expect(robotId).toMatch(/^miss_0\d\d$/);
  });

  it('goes on without missions when told to', async () => {
    const run = simulate('none', '--robots', '1', '--duration', '1', '--no-missions', '--prefix', 'bare_');
    expect((await summaryOf(run)).missionEvents).toBeUndefined();
    expect(await missionEntries(stack.redis.url, 'none')).toEqual([]);
  });

  it('says what was not confirmed, and fails, when there is no gateway', async () => {
    const nowhere = `ws://127.0.0.1:${await reservePort()}`;
    const args = [
      '--gateway',
      nowhere,
      '--robots',
      '2',
      '--duration',
      '0.5',
      '--patience',
      '0.5',
      '--no-missions',
    ];
    const run = runFleet('simulate', ...args);
    expect(await run.code).toBe(1);
    expect(run.out.join('\n')).toMatch(/0 acked .* [1-9]\d* unconfirmed/);
    expect(run.err.join('\n')).toMatch(/gateway: .*ECONNREFUSED.*; trying again/);
  });

  it('ends with the summary on Ctrl-C', async () => {
    const args = [
      'simulate',
      '--gateway',
      stack.gatewayUrl,
      '--robots',
      '2',
      '--no-missions',
      '--prefix',
      'sigint_',
    ];
    await using fleet = startChild({ entry: resolve(__dirname, '../src/main.ts'), args });
    await eventually(async () => (await storedSamples(stack.nats.url, 'sigint_001')).length > 0, {
      withinMs: 60_000,
    });
    fleet.kill('SIGINT');
    expect(await fleet.exited).toEqual({ code: 0, signal: null });
    expect(fleet.lines.join('\n')).toMatch(/samples +\d+ sent · \d+ acked · .* 0 unconfirmed/);
  });
});

describe('fleet simulate --replay', () => {
  it('stores every row once and counts the missions by their outcome', async () => {
    const path = join(folder, 'whole.jsonl.gz');
    const { cycles, failed } = writeRecording(path, 7_409, 31);
    const summary = await summaryOf(
      simulate('whole', '--replay', path, '--speed', 'max', '--robot', 'arm_001'),
    );
    expect(summary.samples).toMatchObject({ acked: 7_409, unconfirmed: 0, refused: 0, dropped: 0 });
    expect(summary.missions).toEqual({
      created: cycles,
      completed: cycles - failed,
      failed,
      cancelled: 0,
      open: 0,
    });

    const stored = await storedSamples(stack.nats.url, 'arm_001');
    expect(stored.map(({ metrics }) => metrics['num'])).toEqual(numbers(7_409));
    expect(stored[0]).toMatchObject({
      metrics: { num: 1, Current_J0: null, Speed_J1: 0, cycle: 1 },
      attributes: { Robot_ProtectiveStop: null, grip_lost: false },
    });
    const happenings = [...happeningsByMission(await missionEntries(stack.redis.url, 'whole')).values()];
    expect(happenings.filter((each) => each === 'created started completed')).toHaveLength(cycles - failed);
    expect(happenings.filter((each) => each === 'created started failed')).toHaveLength(failed);
  });

  it('keeps the times of the recording when told to', async () => {
    const path = join(folder, 'timed.jsonl.gz');
    writeRecording(path, 10, 5);
    const args = ['--replay', path, '--speed', 'max', '--keep-timestamps', '--robot', 'arm_002'];
    await summaryOf(simulate('timed', ...args));
    const stored = await storedSamples(stack.nats.url, 'arm_002');
    expect(stored.map(({ recorded_at: at }) => at)).toEqual(numbers(10).map((num) => 1_666_772_240 + num));
    const times = (await missionEntries(stack.redis.url, 'timed')).map(({ timestamp }) => Number(timestamp));
    expect(times).toEqual([241, 241, 245, 246, 246, 250].map((second) => 1_666_772_000 + second));
  });

  it('loses and doubles nothing when the gateway is killed on the way', async () => {
    const path = join(folder, 'killed.jsonl.gz');
    writeRecording(path, 3_000, 30);
    const run = simulate('killed', '--replay', path, '--speed', '500', '--robot', 'arm_003');
    await eventually(async () => (await storedSamples(stack.nats.url, 'arm_003')).length > 300);
    await stack.killGateway();
    await stack.startGateway();
    const { samples } = await summaryOf(run);
    expect(samples).toMatchObject({ acked: 3_000, unconfirmed: 0, refused: 0, dropped: 0 });
    const stored = await storedSamples(stack.nats.url, 'arm_003');
    expect(stored.map(({ metrics }) => metrics['num'])).toEqual(numbers(3_000));
  });

  it('writes every mission event once although Redis hangs on the way', async () => {
    const path = join(folder, 'hanging.jsonl.gz');
    const { cycles } = writeRecording(path, 3_000, 10);
    const run = simulate('hanging', '--replay', path, '--speed', '500', '--robot', 'arm_004');
    await eventually(async () => (await missionEntries(stack.redis.url, 'hanging')).length > 30);
    await stack.redis.pause();
    // Long enough for writes on their way to be given up without anybody knowing whether they arrive.
    await eventually(() => run.err.some((line) => line.includes('redis is away')));
    await stack.redis.resume();
    const { missionEvents } = await summaryOf(run);
    expect(missionEvents).toMatchObject({ written: 3 * cycles, unwritten: 0 });
    const happenings = [...happeningsByMission(await missionEntries(stack.redis.url, 'hanging')).values()];
    expect(happenings).toHaveLength(cycles);
    for (const each of happenings) expect(each).toMatch(/^created started (completed|failed)$/);
  });

  it('sends nothing of a recording with a mistake in it', async () => {
    const path = join(folder, 'mistake.jsonl');
    writeFileSync(path, '{"num":1}\n{"num":2}\n{"num":\n');
    const run = simulate('mistake', '--replay', path, '--speed', 'max', '--robot', 'arm_005');
    expect(await run.code).toBe(2);
    expect(run.err.join('\n')).toMatch(/mistake\.jsonl:3: expected a JSON object/);
    expect(await storedSamples(stack.nats.url, 'arm_005')).toEqual([]);
  });
});
