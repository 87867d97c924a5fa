import type { Reading } from '@fleet/fleet-store';
import { maxRecordedAheadSeconds, type ErrorCode, type Sample } from '@fleet/robot-protocol';

import { AcceptedSample, isAhead, toReading } from './accepted-sample.ts';
import type { Backlog } from './backlog.ts';
import type { Pending } from './pending-numbers.ts';
import { createSampleIds } from './sample-id.ts';
import { SampleOrigin } from './sample-origin.ts';
import type { SampleSink, StoreOutcome } from './sample-sink.ts';
import type { SequenceLedger } from './sequence-ledger.ts';
import type { TelemetryMetrics } from './telemetry-metrics.ts';
import { UnnumberedSamples } from './unnumbered-samples.ts';

export interface IntakeParts {
  readonly sink: SampleSink;
  /** Latest values and history: every accepted reading goes there, stored elsewhere or not. */
  readonly onReading: (robotId: string, reading: Reading, text: string) => void;
  readonly metrics: TelemetryMetrics;
  /** What waits of all connections. */
  readonly total: Backlog;
}

export interface IntakeOptions {
  readonly robotId: string;
  readonly connectionId: string;
  /** What the numbers are unique in: see `createSampleIds`. */
  readonly scope: string;
  readonly ledger: SequenceLedger;
  /** What waits of this connection. */
  readonly backlog: Backlog;
  /** There is something new to confirm. */
  readonly onSettled: () => void;
  readonly refuse: (refusal: { code: ErrorCode; detail: string; seq: number }) => void;
}

const unnumberedCapacity = 128;

/** Takes the checked samples of one connection to where they are stored, and settles their numbers in the ledger. */
export class SampleIntake {
  readonly #parts: IntakeParts;
  readonly #options: IntakeOptions;
  readonly #origin: SampleOrigin;
  readonly #idOf: (seq: number) => string;
  readonly #abandon = new AbortController();
  readonly #settleNumbered = (sample: AcceptedSample, outcome: StoreOutcome): void =>
    this.#settle(sample, outcome);
  readonly #unnumbered: UnnumberedSamples<AcceptedSample>;

  constructor(options: IntakeOptions, parts: IntakeParts) {
    this.#parts = parts;
    this.#options = options;
    this.#origin = new SampleOrigin(options.robotId, options.connectionId);
    this.#idOf = createSampleIds(options.scope);
    this.#unnumbered = new UnnumberedSamples(
      unnumberedCapacity,
      (accepted) => this.#storeUnnumbered(accepted),
      (count) => (parts.metrics.samples.lost_unnumbered += count),
    );
  }

  /** @param bytes the sample's share of its frame */
  take(sample: Sample, bytes: number, arrivedAtMs: number): void {
    const { seq } = sample;
    const { samples } = this.#parts.metrics;
    if (seq === undefined) {
      this.#unnumbered.add(this.#accept(sample, bytes, arrivedAtMs, undefined, undefined));
      return;
    }
    const { verdict, pending } = this.#options.ledger.take(seq);
    if (pending === undefined) {
      if (verdict === 'duplicate') {
        samples.duplicate += 1;
        this.#options.onSettled();
      } else {
        samples.given_up += 1;
        const detail = `${seq} was given up: there were too many gaps after it`;
        this.#options.refuse({ code: 'sequence_error', detail, seq });
      }
      return;
    }
    if (verdict === 'late') samples.late += 1;
    this.#storeNumbered(this.#accept(sample, bytes, arrivedAtMs, this.#idOf(seq), pending));
  }

  /** Samples on their way. */
  get unsettled(): number {
    return this.#options.ledger.unsettled + this.#unnumbered.unsettled;
  }

  /** Stops waiting for what is on its way: the robot was not told that it is stored, and will send it again. */
  abandon(): void {
    this.#unnumbered.drop();
    this.#abandon.abort();
  }

  #accept(
    sample: Sample,
    bytes: number,
    arrivedAtMs: number,
    eventId: string | undefined,
    pending: Pending | undefined,
  ): AcceptedSample {
    const receivedAt = arrivedAtMs / 1000;
    const isFromTheFuture = isAhead(sample, receivedAt, maxRecordedAheadSeconds);
    const reading = toReading(sample, receivedAt, isFromTheFuture);
    if (isFromTheFuture) this.#parts.metrics.samples.clamped += 1;
    const isDated = sample.recorded_at !== undefined;
    const parts = { origin: this.#origin, reading, isDated, eventId, pending, bytes, arrivedAtMs };
    const accepted = new AcceptedSample(parts);
    this.#parts.onReading(this.#origin.robotId, reading, accepted.text);
    return accepted;
  }

  #storeNumbered(accepted: AcceptedSample): void {
    this.#options.backlog.add(accepted.bytes);
    this.#parts.total.add(accepted.bytes);
    this.#parts.sink.store(accepted, this.#abandon.signal, this.#settleNumbered);
  }

  #settle(accepted: AcceptedSample, outcome: StoreOutcome): void {
    const { pending } = accepted;
    if (pending === undefined) return;
    const { ledger, backlog, refuse, onSettled } = this.#options;
    const { metrics, total } = this.#parts;
    if (outcome.kind === 'abandoned') metrics.samples.abandoned += 1;
    else {
      ledger.settle(pending);
      if (outcome.kind === 'stored') this.#countStored(accepted);
      else {
        metrics.samples.not_stored += 1;
        refuse({ code: 'not_stored', detail: outcome.detail, seq: pending.seq });
      }
      onSettled();
    }
    backlog.remove(accepted.bytes);
    total.remove(accepted.bytes);
  }

  async #storeUnnumbered(accepted: AcceptedSample): Promise<void> {
    const { metrics, sink } = this.#parts;
    const outcome = await new Promise<StoreOutcome>((resolve) =>
      sink.store(accepted, this.#abandon.signal, (_, settled) => resolve(settled)),
    );
    if (outcome.kind === 'stored') this.#countStored(accepted);
    else metrics.samples.lost_unnumbered += 1;
  }

  #countStored({ arrivedAtMs }: AcceptedSample): void {
    this.#parts.metrics.samples.stored += 1;
    this.#parts.metrics.stored(Math.max(0, Date.now() - arrivedAtMs) / 1000);
  }
}
