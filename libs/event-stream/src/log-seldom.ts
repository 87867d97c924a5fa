import type { Log } from './log.ts';

const mostKeys = 1_000;

export interface SeldomLog {
  /** Fields that take something to find out are given as what finds them out. */
  (level: 'warn' | 'error', key: string, fields: object | (() => object), message: string): void;
  /** The trouble is over: said if it was said that there is one. */
  over(key: string, fields: object, message: string): void;
}

/** Logs a repeated trouble once, and again with the number of silent repetitions when it still lasts after `everyMs`. */
export const createSeldomLog = (log: Log, everyMs = 30_000, now: () => number = Date.now): SeldomLog => {
  const seen = new Map<string, { since: number; silent: number; isSaid: boolean }>();
  const trouble = (
    level: 'warn' | 'error',
    key: string,
    fields: object | (() => object),
    message: string,
  ): void => {
    const last = seen.get(key);
    if (last !== undefined && now() - last.since < everyMs) {
      last.silent += 1;
      return;
    }
    const found: object = typeof fields === 'function' ? (fields as () => object)() : fields;
    log[level](
      last === undefined || last.silent === 0 ? found : { ...found, repeated: last.silent },
      message,
    );
    // Keys may hold what servers say, which has no end.
    if (seen.size >= mostKeys) seen.clear();
    seen.set(key, { since: now(), silent: 0, isSaid: true });
  };
  const over = (key: string, fields: object, message: string): void => {
    const last = seen.get(key);
    if (last?.isSaid !== true) return;
    last.isSaid = false;
    log.info(fields, message);
  };
  return Object.assign(trouble, { over });
};
