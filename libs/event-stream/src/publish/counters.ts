import type { DropReason } from '../event-stream.ts';
import type { PublishErrorKind } from './publish-error.ts';

/** What has happened so far: plain numbers, read by `status`. */
export const createCounters = () => ({
  emitted: 0,
  stored: 0,
  duplicates: 0,
  retried: 0,
  deadLettered: 0,
  outboxed: 0,
  relayed: 0,
  dropped: {
    overflow_expendable: 0,
    overflow_durable: 0,
    overflow_acknowledged: 0,
    invalid: 0,
    closed: 0,
  } satisfies Record<DropReason, number> as Record<DropReason, number>,
  refused: {
    too_large: 0,
    permission: 0,
    no_stream: 0,
    stream_full: 0,
    wrong_sequence: 0,
    invalid: 0,
    storage: 0,
    overflow: 0,
    aborted: 0,
    closed: 0,
    refused: 0,
  } satisfies Record<PublishErrorKind, number> as Record<PublishErrorKind, number>,
});

export type Counters = ReturnType<typeof createCounters>;
