/** A producer's clock may be ahead of ours by so much; what is later did not happen then. */
const maxAheadMs = 300_000;

/** Above this a number cannot be Unix seconds (it would be the year 5138): it is milliseconds. */
const secondsEnd = 1e11;

/** The time in the id of a stream entry, Unix milliseconds. */
export const entryTimeMs = (entryId: string): number => Number.parseInt(entryId, 10);

/**
 * When an event happened: its own `timestamp` (Unix seconds, or an ISO 8601 text), else the time in its entry's id.
 * A timestamp that cannot be read or lies more than five minutes ahead gives way to the id as well (`retimed`).
 */
export const eventTime = (
  entryId: string,
  timestamp: unknown,
  nowMs: number,
): { atMs: number; retimed: boolean } => {
  if (timestamp === undefined || timestamp === null || timestamp === '') {
    return { atMs: entryTimeMs(entryId), retimed: false };
  }
  const atMs = timestampMs(timestamp);
  if (!(atMs >= 0 && atMs <= nowMs + maxAheadMs)) return { atMs: entryTimeMs(entryId), retimed: true };
  return { atMs, retimed: false };
};

const timestampMs = (timestamp: unknown): number => {
  const number = typeof timestamp === 'boolean' ? NaN : Number(timestamp);
  if (!Number.isNaN(number)) return Math.round(number >= secondsEnd ? number : number * 1000);
  return typeof timestamp === 'string' ? Date.parse(timestamp) : NaN;
};
