import { setTimeout as wait } from 'node:timers/promises';

import type { EventPayload } from '@fleet/event-envelope';
import { PublishError, type EventStream } from '@fleet/event-stream';

import type { AcceptedSample } from './accepted-sample.ts';
import type { TelemetryWriter } from './telemetry-writer.ts';

/**
 * `stored`: the robot may be told so. `impossible`: never can be. `abandoned`: the signal came first, and whether it
 * was stored is not known.
 */
export type StoreOutcome =
  | { readonly kind: 'stored' }
  | { readonly kind: 'impossible'; readonly detail: string }
  | { readonly kind: 'abandoned' };

/** Where samples are stored for good. Stores the samples of a robot in the order of the calls; never rejects. */
export interface SampleSink {
  store(sample: AcceptedSample, signal: AbortSignal): Promise<StoreOutcome>;
}

const stored: StoreOutcome = { kind: 'stored' };
const abandoned: StoreOutcome = { kind: 'abandoned' };
const retryMs = 1000;

/** JetStream is the store: a sample is stored when the stream has confirmed it. */
export const createStreamSink = (
  stream: Pick<EventStream, 'publish'>,
  log: { warn(fields: object, message: string): void },
): SampleSink => {
  const store = (sample: AcceptedSample, signal: AbortSignal): Promise<StoreOutcome> =>
    stream.publish('telemetry.data_received', toPayload(sample), { id: sample.eventId, signal }).then(
      () => stored,
      (error: unknown) => recover(error, sample, signal),
    );

  const recover = async (
    error: unknown,
    sample: AcceptedSample,
    signal: AbortSignal,
  ): Promise<StoreOutcome> => {
    const kind = error instanceof PublishError ? error.kind : undefined;
    if (signal.aborted || kind === 'aborted' || kind === 'closed') return abandoned;
    if (kind === 'too_large' || kind === 'invalid')
      return { kind: 'impossible', detail: `the stream does not take it: ${kind}` };
    // What is left is for a person to mend (permissions, a full stream). Until then the robot keeps its samples.
    log.warn({ kind, err: error }, 'samples are not being stored');
    await wait(retryMs, undefined, { signal }).catch(() => undefined);
    return store(sample, signal);
  };

  return { store };
};

/** Without an event stream Redis is the store. */
export const createRedisSink = (writer: Pick<TelemetryWriter, 'store'>): SampleSink => ({
  store: async (sample, signal) => {
    if (signal.aborted) return abandoned;
    await writer.store(sample.robotId, sample.reading);
    return stored;
  },
});

type Payload = EventPayload<'telemetry.data_received'>;

/** On the way of every sample: what is optional is added rather than spread, which costs several times as much. */
const toPayload = ({ robotId, connectionId, reading, isDated }: AcceptedSample): Payload => {
  const payload: Payload = {
    robot_id: robotId,
    connection_id: connectionId,
    metrics: reading.metrics,
    received_at: reading.receivedAt,
  };
  if (reading.seq !== undefined) payload.seq = reading.seq;
  if (isDated) payload.recorded_at = reading.recordedAt;
  if (reading.attributes !== undefined) payload.attributes = reading.attributes;
  return payload;
};
