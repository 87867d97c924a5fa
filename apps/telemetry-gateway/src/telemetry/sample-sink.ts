import { EncodedPayload, PublishError, type EventStream, type PublishOutcome } from '@fleet/event-stream';

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

/**
 * Where samples are stored for good, those of a robot in the order of the calls. Each is settled once,
 * possibly before the call returns.
 */
export interface SampleSink {
  store(sample: AcceptedSample, signal: AbortSignal, settle: Settle): void;
}

export type Settle = (sample: AcceptedSample, outcome: StoreOutcome) => void;

const stored: StoreOutcome = { kind: 'stored' };
const abandoned: StoreOutcome = { kind: 'abandoned' };
const retryMs = 1000;

/** JetStream is the store: a sample is stored when the stream has confirmed it. */
export const createStreamSink = (
  stream: Pick<EventStream, 'publishWith'>,
  log: { warn(fields: object, message: string): void },
): SampleSink => {
  const store: SampleSink['store'] = (sample, signal, settle) => {
    const { eventId } = sample;
    const storing = new Storing(sample, signal, settle, failed);
    // What is accepted passed the stricter check of the protocol.
    const payload = new EncodedPayload(sample.origin.robotId, sample.payload);
    stream.publishWith('telemetry.data_received', payload, { id: eventId, signal }, storing);
    sample.shed();
  };

  const failed: Failed = (error, sample, signal, settle) => {
    const outcome = outcomeOf(error, signal);
    if (outcome !== undefined) settle(sample, outcome);
    // Given up meanwhile, it is refused then.
    else setTimeout(() => store(sample, signal, settle), retryMs);
  };

  /** Nothing while it may still be stored. */
  const outcomeOf = (error: Error, signal: AbortSignal): StoreOutcome | undefined => {
    const kind = error instanceof PublishError ? error.kind : undefined;
    if (signal.aborted || kind === 'aborted' || kind === 'closed') return abandoned;
    if (kind === 'too_large' || kind === 'invalid')
      return { kind: 'impossible', detail: `the stream does not take it: ${kind}` };
    // What is left is for a person to mend (permissions, a full stream). Until then the robot keeps its samples.
    log.warn({ kind, err: error }, 'samples are not being stored');
    return undefined;
  };

  return { store };
};

/** Without an event stream Redis is the store. */
export const createRedisSink = (writer: Pick<TelemetryWriter, 'store'>): SampleSink => ({
  store(sample, signal, settle) {
    if (signal.aborted) settle(sample, abandoned);
    else
      void writer
        .store(sample.origin.robotId, sample.reading, sample.text)
        .then(() => settle(sample, stored));
  },
});

type Failed = (error: Error, ...storing: Parameters<SampleSink['store']>) => void;

/** One object instead of two functions and what they share: there are as many as samples. */
class Storing implements PublishOutcome {
  readonly #sample: AcceptedSample;
  readonly #signal: AbortSignal;
  readonly #settle: Settle;
  readonly #failed: Failed;

  constructor(sample: AcceptedSample, signal: AbortSignal, settle: Settle, onFailed: Failed) {
    this.#sample = sample;
    this.#signal = signal;
    this.#settle = settle;
    this.#failed = onFailed;
  }

  stored(): void {
    this.#settle(this.#sample, stored);
  }

  failed(error: Error): void {
    this.#failed(error, this.#sample, this.#signal, this.#settle);
  }
}
