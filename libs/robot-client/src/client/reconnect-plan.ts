import { closeCodes } from '@fleet/robot-protocol';

import type { Ending } from '../transport/dial.ts';

export interface ReconnectSettings {
  /** The first delay is at most this, in milliseconds. */
  readonly minMs: number;
  /** No delay of our own choosing is longer. */
  readonly maxMs: number;
}

export interface Ended extends Ending {
  /** Attempts since the last connection that proved good. */
  readonly attempt: number;
  /** The gateway's own word in `closing`. */
  readonly reconnectAfterMs?: number | undefined;
}

/** Statuses that no retry heals soon: wrong or missing token, another robot's token, an id no gateway takes. */
const refusals: readonly (number | undefined)[] = [400, 401, 403, 404];

/** For those a retry waits at least half of this, in milliseconds. */
const slowMs = 60_000;

/** The gateway has just said that there is too much: not before this, in milliseconds. */
const overloadedMs = 1_000;

/** Nothing a gateway says keeps a robot away for longer, in milliseconds. */
const longestMs = 600_000;

export const isUnauthorized = (ending: Ending): boolean => refusals.includes(ending.refusedStatus);

/**
 * How long to wait before the next attempt, in milliseconds: "full jitter" (a random share of an exponentially growing
 * bound, so that a fleet does not come back in step), on top of whatever the gateway asked for.
 *
 * @param random gives 0 to 1
 */
export const reconnectDelayMs = (ended: Ended, settings: ReconnectSettings, random: () => number): number => {
  // The gateway has drawn its own lot for each robot: adding ours would only make the gap longer.
  if (ended.reconnectAfterMs !== undefined) return Math.min(longestMs, ended.reconnectAfterMs);
  if (isUnauthorized(ended)) return slowMs * (0.5 + 0.5 * random());
  const bound = Math.min(settings.maxMs, settings.minMs * 2 ** Math.min(ended.attempt, 30));
  return leastMs(ended) + random() * bound;
};

const leastMs = (ended: Ended): number => {
  if (ended.retryAfterMs !== undefined) return Math.min(longestMs, ended.retryAfterMs);
  const isOverloaded = ended.code === closeCodes.tryLater || ended.code === closeCodes.rateLimited;
  return isOverloaded ? overloadedMs : 0;
};
