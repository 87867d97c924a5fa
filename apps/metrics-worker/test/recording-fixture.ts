import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** One second of a robot's day, as far as its missions go. */
export interface Row {
  readonly timestamp: string;
  readonly cycle: number;
  readonly isTrouble: boolean;
}

const recorded = resolve('../../../shared/data/ur3_cobotops/ur3_cobotops.jsonl.gz');

/** The recording of a real arm where it is at hand, one like it otherwise. */
export const readRecording = (): Row[] => (existsSync(recorded) ? readRows(recorded) : inventRows());

const readRows = (file: string): Row[] =>
  gunzipSync(readFileSync(file))
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const row = JSON.parse(line) as Record<string, unknown>;
      return {
        timestamp: String(row['timestamp']),
        cycle: Number(row['cycle']),
        isTrouble: row['Robot_ProtectiveStop'] === true || row['grip_lost'] === true,
      };
    });

/** Two hours at a row a second, of cycles between 20 and 50 rows; in every third something goes wrong. */
const inventRows = (): Row[] => {
  const rows: Row[] = [];
  const beginning = Date.parse('2022-10-26T08:17:21.847Z');
  for (let cycle = 1; rows.length < 7200; cycle += 1) {
    const length = 20 + ((cycle * 7) % 31);
    for (let index = 0; index < length; index += 1) {
      const timestamp = new Date(beginning + rows.length * 1007).toISOString();
      rows.push({ timestamp, cycle, isTrouble: cycle % 3 === 0 && index === 5 });
    }
  }
  return rows;
};

/** What a replay of the recording writes: each cycle a mission, with the times of the recording. */
export const missionEntriesOf = (rows: readonly Row[]): Record<string, string | number>[] => {
  return [...groupByCycle(rows)].flatMap(([cycle, { first, last, isTrouble }]) => {
    const mission = { mission_id: `cycle_${cycle}`, robot_id: 'ur3' };
    const end = isTrouble ? 'failed' : 'completed';
    return [
      { event_type: 'mission.created', ...mission, timestamp: Date.parse(first) / 1000 },
      { event_type: 'mission.started', ...mission, timestamp: Date.parse(first) / 1000 },
      { event_type: `mission.${end}`, ...mission, timestamp: Date.parse(last) / 1000 },
    ];
  });
};

const groupByCycle = (rows: readonly Row[]) => {
  const cycles = new Map<number, { first: string; last: string; isTrouble: boolean }>();
  for (const { cycle, timestamp, isTrouble } of rows) {
    const known = cycles.get(cycle);
    cycles.set(cycle, {
      first: known?.first ?? timestamp,
      last: timestamp,
      isTrouble: isTrouble || known?.isTrouble === true,
    });
  }
  return cycles;
};
