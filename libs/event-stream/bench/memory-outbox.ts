import type { Outbox } from '@fleet/event-stream';

/** An outbox that takes everything and forgets it: what it costs to have one, without a store behind it. */
export const forgetfulOutbox = (): Outbox => ({
  append: () => Promise.resolve({ leftOut: 0 }),
  depth: () => Promise.resolve({ entries: 0, oldestAgeMs: null }),
  lease: () => Promise.resolve(null),
  read: () => Promise.resolve([]),
  attempted: () => Promise.resolve(),
  remove: () => Promise.resolve(),
});
