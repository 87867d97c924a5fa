import type { EventStream, Subscription } from '@fleet/event-stream';
import type { RollupStore } from '@fleet/fleet-store';

import { gather } from './gather.ts';
import { toSample } from './to-sample.ts';

/** Workers that share this name share the samples. */
export const rollupDurable = 'metrics_worker_rollups';

export interface RollupParts {
  readonly eventStream: Pick<EventStream, 'subscribe'>;
  readonly store: RollupStore;
  readonly now: () => number;
  /** Another name than {@link rollupDurable} reads the stream anew, from its beginning. */
  readonly durable?: string;
  /** Told how many samples were added, and how many had been already. */
  readonly onWritten: (added: number, repeated: number) => void;
}

const maxBatch = 1000;

/** So many robots are served at once; the samples of one robot come one after the other. */
const concurrency = 2048;

/** As many are asked for at a time: one batch is on its way while another is stored. */
const pulled = 1024;

/** A sample that cannot be stored comes again for as long as the stream has it: Redis may be away for hours. */
const maxDeliver = 1_000_000;

/** What a killed worker had in hand goes to another after so long. */
const ackWaitMs = 10_000;

/**
 * Rolls up every sample of the telemetry stream, beginning with the oldest it still has. A sample is acknowledged once
 * it is stored; one that comes again, from whatever worker's hands, is recognised by its number in the stream.
 */
export const startRollups = ({ eventStream, store, now, onWritten, durable }: RollupParts): Subscription => {
  const add = gather<ReturnType<typeof toSample>>(async (samples) => {
    const added = await store.add(samples, now());
    onWritten(added, samples.length - added);
  }, maxBatch);
  return eventStream.subscribe({
    durable: durable ?? rollupDurable,
    types: ['telemetry.data_received'],
    from: 'all',
    concurrency,
    batch: pulled,
    maxDeliver,
    ackWaitMs,
    handle: (event, facts) => add(toSample(event, facts)),
  });
};
