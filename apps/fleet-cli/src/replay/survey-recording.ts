import { rowTime } from './row-time.ts';
import type { RecordedRow } from './read-recording.ts';

/** A cycle of the recording: where it begins and ends, and whether it went well. */
export interface RecordedCycle {
  readonly firstLine: number;
  lastLine: number;
  hasFailed: boolean;
}

/** What has to be known of a recording before it is played. */
export interface RecordingSurvey {
  readonly rows: number;
  /** By the value of `cycle`. A cycle may be left and taken up again. */
  readonly cycles: ReadonlyMap<string, RecordedCycle>;
  /** Columns that hold truth values or texts; there, null is no missing reading but a missing attribute. */
  readonly attributeColumns: ReadonlySet<string>;
  readonly isTimed: boolean;
}

/** The columns that say that a cycle went wrong. */
const failures = ['Robot_ProtectiveStop', 'grip_lost'];

/** Goes through a recording once. */
export const surveyRecording = async (rows: AsyncIterable<RecordedRow>): Promise<RecordingSurvey> => {
  const cycles = new Map<string, RecordedCycle>();
  const attributeColumns = new Set<string>();
  let count = 0;
  let isTimed = true;
  for await (const row of rows) {
    count += 1;
    isTimed &&= rowTime(row) !== undefined;
    for (const [column, value] of Object.entries(row.values))
      if (typeof value === 'boolean' || typeof value === 'string') attributeColumns.add(column);
    noteCycle(cycles, row);
  }
  return { rows: count, cycles, attributeColumns, isTimed };
};

const noteCycle = (cycles: Map<string, RecordedCycle>, { line, values }: RecordedRow): void => {
  const name = cycleOf(values);
  if (name === undefined) return;
  const cycle = cycles.get(name) ?? { firstLine: line, lastLine: line, hasFailed: false };
  cycle.lastLine = line;
  cycle.hasFailed ||= failures.some((column) => values[column] === true);
  cycles.set(name, cycle);
};

/** The cycle a row belongs to. */
export const cycleOf = (values: RecordedRow['values']): string | undefined => {
  const { cycle } = values;
  return typeof cycle === 'number' || typeof cycle === 'string' ? String(cycle) : undefined;
};
