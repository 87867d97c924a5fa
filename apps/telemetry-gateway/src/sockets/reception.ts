import { closeCodes } from '@fleet/robot-protocol';
import type { CloseReason } from '@fleet/event-envelope';

import type { Backlog } from '../telemetry/backlog.ts';
import { RejectedMessages, toRejectedPayload } from '../telemetry/rejected-messages.ts';
import { SampleIntake } from '../telemetry/sample-intake.ts';
import type { SequenceLedger } from '../telemetry/sequence-ledger.ts';
import type { ConnectionParts } from './connection-parts.ts';
import type { Refused } from './message-check.ts';
import type { Outgoing } from './outgoing.ts';
import { Throttle } from './throttle.ts';

/** The connection that messages come over, as far as they concern it. */
export interface ReceptionOptions {
  readonly robotId: string;
  readonly connectionId: string;
  readonly session: string | undefined;
  readonly ledger: SequenceLedger;
  readonly backlog: Backlog;
  readonly outgoing: Outgoing;
  /** There is something to confirm. */
  readonly onSettled: () => void;
  readonly close: (code: number, reason: CloseReason) => void;
}

/** What becomes of a robot's messages: dropped over the rate, refused with the reason, or on their way to be stored. */
export class Reception {
  readonly #options: ReceptionOptions;
  readonly #parts: ConnectionParts;
  readonly #throttle: Throttle;
  readonly #rejected = new RejectedMessages();
  readonly #intake: SampleIntake;

  constructor(options: ReceptionOptions, parts: ConnectionParts) {
    const { robotId, connectionId, session, ledger, backlog, onSettled } = options;
    this.#options = options;
    this.#parts = parts;
    this.#throttle = new Throttle(parts.createRate());
    this.#intake = new SampleIntake(
      {
        robotId,
        connectionId,
        scope: session === undefined ? connectionId : `${robotId}/${session}`,
        ledger,
        backlog,
        onSettled,
        refuse: (refusal) => this.#refuse(refusal, undefined),
      },
      parts.intake,
    );
  }

  /** @param text nothing for what is not UTF-8 */
  receive(text: string | undefined, bytes: number, now: number): void {
    if (!this.#isWithinRate(bytes, now)) return;
    if (text === undefined) {
      this.#options.close(closeCodes.notUtf8, 'protocol_error');
      return;
    }
    const { samples, refused } = this.#parts.check(text);
    this.#parts.metrics.message(refused.length === 0 ? 'accepted' : 'refused', bytes);
    const share = bytes / Math.max(1, samples.length);
    for (const sample of samples) this.#intake.take(sample, share, now);
    for (const refusal of refused) {
      this.#options.ledger.refuse(refusal.seq);
      this.#refuse(refusal, text);
    }
    if (refused.length > 0) this.#options.onSettled();
  }

  /** Samples on their way. */
  get unsettled(): number {
    return this.#intake.unsettled;
  }

  /** Gives up what is on its way. */
  abandon(): void {
    this.#intake.abandon();
  }

  #isWithinRate(bytes: number, now: number): boolean {
    const verdict = this.#throttle.take(bytes, now);
    if (verdict.kind === 'allowed') return true;
    this.#parts.metrics.message('throttled', bytes);
    if (verdict.kind === 'abusive') this.#options.close(closeCodes.rateLimited, 'rate_limited');
    if (verdict.kind === 'notice') {
      const { retryAfterMs, dropped } = verdict;
      this.#options.outgoing.say({ type: 'throttled', retry_after_ms: retryAfterMs, dropped });
    }
    return false;
  }

  #refuse(refusal: Refused, message: string | undefined): void {
    const { code, detail, path, seq } = refusal;
    const now = Date.now();
    this.#parts.metrics.refused(code);
    this.#options.outgoing.say({
      type: 'error',
      code,
      detail,
      ...(seq !== undefined && { seq }),
      ...(path !== undefined && { path }),
    });
    if (!this.#rejected.allow(now)) return;
    const payload = toRejectedPayload(this.#options, refusal, message, now);
    this.#parts.eventStream.emit('telemetry.message_rejected', payload);
  }
}
