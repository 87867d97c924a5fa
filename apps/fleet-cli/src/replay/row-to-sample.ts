import type { RobotSample } from '@fleet/robot-client';

import { ColumnNames } from './column-names.ts';
import { RecordingError } from './recording-error.ts';
import type { RecordedRow } from './read-recording.ts';

export interface SampleRules {
  readonly path: string;
  readonly attributeColumns: ReadonlySet<string>;
}

/**
 * Makes samples of rows: numbers are metrics, truth values and texts attributes, and null stays null. The time of a row
 * is no reading.
 */
export const createRowToSample = (rules: SampleRules): ((row: RecordedRow) => RobotSample) => {
  const names = new ColumnNames();
  return ({ line, values }) => {
    const metrics: Record<string, number | null> = {};
    const attributes: Record<string, string | boolean | null> = {};
    for (const [column, value] of Object.entries(values)) {
      if (column === 'timestamp') continue;
      const name = names.nameOf(column);
      if (typeof value === 'number') metrics[name] = value;
      else if (typeof value === 'boolean' || typeof value === 'string') attributes[name] = value;
      else if (value !== null) throw notFlat(rules.path, line, column);
      else if (rules.attributeColumns.has(column)) attributes[name] = null;
      else metrics[name] = null;
    }
    return { metrics, attributes };
  };
};

const notFlat = (path: string, line: number, column: string): RecordingError =>
  new RecordingError(
    path,
    line,
    `expected a number, a truth value, a text or null in ${JSON.stringify(column)}`,
  );
