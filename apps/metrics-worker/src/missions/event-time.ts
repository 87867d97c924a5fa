/** A producer's clock may be ahead of ours by so much; what is later did not happen then. */
const maxAheadMs = 300_000;

/** Producers choose ids too, and the clock of Redis may be wrong; but a day ahead is no time at all. */
const maxIdAheadMs = 86_400_000;

/** Above this a number cannot be Unix seconds (it would be the year 5138): it is milliseconds. */
const secondsEnd = 1e11;

/** The time in the id of a stream entry, Unix milliseconds; now, where that lies more than a day ahead. */
export const entryTimeMs = (entryId: string, nowMs: number): number => {
  const atMs = Number.parseInt(entryId, 10);
  return atMs <= nowMs + maxIdAheadMs ? atMs : nowMs;
};

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
    return { atMs: entryTimeMs(entryId, nowMs), retimed: false };
  }
  const atMs = timestampMs(timestamp);
  if (!(atMs >= 0 && atMs <= nowMs + maxAheadMs)) return { atMs: entryTimeMs(entryId, nowMs), retimed: true };
  return { atMs, retimed: false };
};

const timestampMs = (timestamp: unknown): number => {
  if (typeof timestamp !== 'number' && typeof timestamp !== 'string') return NaN;
  // A text of nothing but spaces would be 0.
  const number = String(timestamp).trim() === '' ? NaN : Number(timestamp);
  if (!Number.isNaN(number)) return Math.round(number >= secondsEnd ? number : number * 1000);
  return typeof timestamp === 'string' ? Date.parse(timestamp) : NaN;
};
