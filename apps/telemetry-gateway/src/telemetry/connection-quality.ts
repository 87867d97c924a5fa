import type { EventPayload } from '@fleet/event-envelope';

import type { SequenceLedger } from './sequence-ledger.ts';

const maxRoundTrips = 256;
const none: readonly number[] = [];

/** What went through a connection since the last report. */
export class ConnectionQuality {
  messages = 0;
  bytes = 0;
  #since: number;
  #duplicates = 0;
  #outOfOrder = 0;
  #rejected = 0;
  /** Joined anew for each, so that there is no room for more: they are few, and idle connections are many. */
  #roundTrips = none;

  constructor(nowMs: number) {
    this.#since = nowMs;
  }

  roundTrip(ms: number): void {
    if (this.#roundTrips.length < maxRoundTrips) this.#roundTrips = this.#roundTrips.concat(ms);
  }

  /** The report of the window that ends now; the next one begins. */
  report(
    connection: { robotId: string; connectionId: string },
    ledger: SequenceLedger,
    nowMs: number,
  ): EventPayload<'telemetry.connection_quality'> {
    const { duplicates, outOfOrder, rejected } = ledger.counts;
    const report = {
      robot_id: connection.robotId,
      connection_id: connection.connectionId,
      window_seconds: Math.max(0, nowMs - this.#since) / 1000,
      messages: this.messages,
      bytes: this.bytes,
      duplicates: duplicates - this.#duplicates,
      missing: ledger.missingCount,
      out_of_order: outOfOrder - this.#outOfOrder,
      rejected: rejected - this.#rejected,
      round_trip_ms: summaryOf(this.#roundTrips),
      measured_at: nowMs / 1000,
    };
    this.messages = 0;
    this.bytes = 0;
    this.#since = nowMs;
    this.#duplicates = duplicates;
    this.#outOfOrder = outOfOrder;
    this.#rejected = rejected;
    this.#roundTrips = none;
    return report;
  }
}

const summaryOf = (roundTrips: readonly number[]): { p50: number; max: number } | null => {
  const sorted = [...roundTrips].sort((a, b) => a - b);
  const p50 = sorted[Math.floor((sorted.length - 1) / 2)];
  const max = sorted.at(-1);
  return p50 === undefined || max === undefined ? null : { p50: round(p50), max: round(max) };
};

const round = (ms: number): number => Math.round(ms * 1000) / 1000;
