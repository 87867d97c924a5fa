import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { RobotSample } from '@fleet/robot-client';

import type { MissionEvent } from '../missions/mission-event.ts';
import { playRecording, type Playback } from './play-recording.ts';
import { readRecording } from './read-recording.ts';
import { surveyRecording } from './survey-recording.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleet-playback-'));
afterAll(() => rmSync(folder, { recursive: true }));

const recording = [
  {
    timestamp: '2022-10-26T08:17:21.500Z',
    Current: 0.5,
    cycle: 1,
    Robot_ProtectiveStop: false,
    grip_lost: false,
  },
  {
    timestamp: '2022-10-26T08:17:22.500Z',
    Current: null,
    cycle: 1,
    Robot_ProtectiveStop: null,
    grip_lost: false,
  },
  {
    timestamp: '2022-10-26T08:17:23.500Z',
    Current: 0.7,
    cycle: 2,
    Robot_ProtectiveStop: true,
    grip_lost: false,
  },
  {
    timestamp: '2022-10-26T08:17:24.500Z',
    Current: 0.8,
    cycle: 1,
    Robot_ProtectiveStop: false,
    grip_lost: false,
  },
  {
    timestamp: '2022-10-26T08:17:25.500Z',
    Current: 0.9,
    cycle: 2,
    Robot_ProtectiveStop: false,
    grip_lost: false,
  },
  {
    timestamp: '2022-10-26T08:17:26.500Z',
    Current: 1,
    cycle: 3,
    Robot_ProtectiveStop: false,
    grip_lost: true,
  },
];

const play = async (rows: readonly object[], options: Partial<Playback> = {}) => {
  const path = join(folder, 'recording.jsonl');
  writeFileSync(path, rows.map((row) => JSON.stringify(row)).join('\n'));
  const samples: RobotSample[] = [];
  const missions: MissionEvent[] = [];
  const played = await playRecording({
    path,
    survey: await surveyRecording(readRecording(path)),
    speed: 'max',
    times: 'now',
    robotId: 'ur3_001',
    run: 'r',
    client: { send: (sample) => Promise.resolve(void samples.push(sample)) },
    mission: (event) => missions.push(event),
    signal: new AbortController().signal,
    ...options,
  });
  return { samples, missions, played };
};

describe('playing a recording', () => {
  it('makes metrics of numbers and attributes of truth values, and leaves null null', async () => {
    const { samples } = await play(recording);
    expect(samples).toHaveLength(6);
    expect(samples[1]).toEqual({
      metrics: { Current: null, cycle: 1 },
      attributes: { Robot_ProtectiveStop: null, grip_lost: false },
    });
  });

  it('makes every distinct cycle a mission, from its first row to its last', async () => {
    const { missions } = await play(recording);
    expect(missions.map(({ happening, missionId }) => `${happening} ${missionId}`)).toEqual([
      'created ur3_001_r_1',
      'started ur3_001_r_1',
      'created ur3_001_r_2',
      'started ur3_001_r_2',
      'completed ur3_001_r_1',
      'failed ur3_001_r_2',
      'created ur3_001_r_3',
      'started ur3_001_r_3',
      'failed ur3_001_r_3',
    ]);
    expect(
      missions.every(({ happenedAt, robotId }) => happenedAt === undefined && robotId === 'ur3_001'),
    ).toBe(true);
  });

  it('keeps the times of the recording when told to', async () => {
    const { samples, missions } = await play(recording, { times: 'recorded' });
    expect(samples.map(({ recordedAt }) => recordedAt)).toEqual(
      [0, 1, 2, 3, 4, 5].map((step) => 1_666_772_241.5 + step),
    );
    expect(missions[0]).toMatchObject({ happening: 'created', happenedAt: 1_666_772_241.5 });
    expect(missions.at(-1)).toMatchObject({ happening: 'failed', happenedAt: 1_666_772_246.5 });
  });

  it('waits as long as the speed asks', async () => {
    const startMs = performance.now();
    await play(recording, { speed: 50 });
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(95);
  });

  it('ends when interrupted, even in a long gap', async () => {
    const interrupt = new AbortController();
    const client = {
      send: () => {
        interrupt.abort();
        return Promise.resolve();
      },
    };
    const { played } = await play(recording, { speed: 1e-6, client, signal: interrupt.signal });
    expect(played).toBe(1);
  });

  it('waits for confirmations before memory fills up', async () => {
    const interrupt = new AbortController();
    let given = 0;
    const client = {
      send: () => {
        given += 1;
        if (given === 4_000) setImmediate(() => interrupt.abort());
        return new Promise<void>(() => undefined);
      },
    };
    const rows = Array.from({ length: 5_000 }, (_, num) => ({ num }));
    const { played } = await play(rows, { client, signal: interrupt.signal });
    expect(played).toBe(4_000);
  });

  it('names the line of a value that is neither', async () => {
    await expect(play([{ a: 1 }, { a: { deep: 1 } }])).rejects.toThrow(
      /recording\.jsonl:2: expected a number, a truth value, a text or null in "a"/,
    );
  });
});
