import type { Log } from './log.ts';

const mostKeys = 1_000;

/**
 * Logs a repeated trouble once, and again with the number of silent repetitions when it still lasts after `everyMs`.
 * Fields that take something to find out are given as what finds them out. Says whether it has logged.
 */
export const createSeldomLog = (
  log: Log,
  everyMs = 30_000,
  now: () => number = Date.now,
): ((level: 'warn' | 'error', key: string, fields: object | (() => object), message: string) => boolean) => {
  const seen = new Map<string, { since: number; silent: number }>();
  return (level, key, fields, message) => {
    const last = seen.get(key);
    if (last !== undefined && now() - last.since < everyMs) {
      last.silent += 1;
      return false;
    }
    const found: object = typeof fields === 'function' ? (fields as () => object)() : fields;
    log[level](
      last === undefined || last.silent === 0 ? found : { ...found, repeated: last.silent },
      message,
    );
    // Keys may hold what servers say, which has no end.
    if (seen.size >= mostKeys) seen.clear();
    seen.set(key, { since: now(), silent: 0 });
    return true;
  };
};
