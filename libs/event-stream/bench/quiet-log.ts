import type { Log } from '@fleet/event-stream';

const ignore = (): void => undefined;

/** Says nothing that is not a trouble. */
export const quietLog: Log = {
  debug: ignore,
  info: ignore,
  warn: (fields, message) => console.warn(message, fields),
  error: (fields, message) => console.error(message, fields),
};
export const silentLog: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
