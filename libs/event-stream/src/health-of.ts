import type { EventStream } from './event-stream.ts';

/** Under the heaviest load an event is stored within a second. */
const longestMs = 2000;

/**
 * What a probe may be told: `degraded` without a connection or streams, and when what was emitted has not been stored for
 * two seconds, as while the server is frozen and the connection still stands.
 */
export const healthOf = (stream: Pick<EventStream, 'ready' | 'status'>): 'ok' | 'degraded' =>
  stream.ready && stream.status().oldestAgeMs <= longestMs ? 'ok' : 'degraded';
