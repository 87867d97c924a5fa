import type { RecordedRow } from './read-recording.ts';

/** When a row was recorded, in Unix seconds: its `timestamp`, as a date or as seconds. */
export const rowTime = ({ values }: RecordedRow): number | undefined => {
  const { timestamp } = values;
  if (typeof timestamp === 'number') return timestamp >= 0 ? timestamp : undefined;
  const at = typeof timestamp === 'string' ? Date.parse(timestamp) : NaN;
  return Number.isNaN(at) ? undefined : at / 1000;
};
