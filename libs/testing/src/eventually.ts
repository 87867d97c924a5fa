import { setTimeout as delay } from 'node:timers/promises';

export interface EventuallyOptions {
  /** 20,000 by default. */
  withinMs?: number;
  /** What is waited for, for the message of the error. */
  describe?: string;
}

/**
 * Looks again and again until `look` returns something other than false, null or undefined without throwing, and gives
 * that. Rejects when the time is over, with the last error as the cause.
 */
export const eventually = async <T>(
  look: () => T | Promise<T>,
  options: EventuallyOptions = {},
): Promise<Exclude<T, false | null | undefined>> => {
  const { withinMs = 20_000, describe = 'the condition' } = options;
  const until = Date.now() + withinMs;
  let pauseMs = 5;
  for (;;) {
    let cause: unknown;
    let found = 'it threw';
    try {
      const seen = await look();
      if (seen !== false && seen !== undefined && seen !== null) {
        return seen as Exclude<T, false | null | undefined>;
      }
      found = `it gave ${String(seen)}`;
    } catch (error) {
      cause = error;
    }
    if (Date.now() >= until) {
      const reason = cause instanceof Error ? `it threw: ${cause.message}` : found;
      throw new Error(`${describe} did not come about within ${withinMs} ms; at last ${reason}`, { cause });
    }
    await delay(pauseMs);
    pauseMs = Math.min(pauseMs * 2, 100);
  }
};
