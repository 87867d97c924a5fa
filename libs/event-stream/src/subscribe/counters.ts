import type { DeadLetterReason } from './subscription.ts';

/** What a subscription has done so far. */
export interface SubscriptionCounters {
  handled: number;
  redelivered: number;
  failed: number;
  timedOut: number;
  skipped: number;
  readonly deadLetters: Record<DeadLetterReason, number>;
  readonly handling: { count: number; seconds: number; maxSeconds: number };
}

export const createCounters = (): SubscriptionCounters => ({
  handled: 0,
  redelivered: 0,
  failed: 0,
  timedOut: 0,
  skipped: 0,
  deadLetters: {
    not_utf8: 0,
    not_json: 0,
    invalid_envelope: 0,
    unknown_version: 0,
    unknown_type: 0,
    invalid_payload: 0,
    wrong_subject: 0,
    permanent: 0,
    exhausted: 0,
    process_died: 0,
  },
  handling: { count: 0, seconds: 0, maxSeconds: 0 },
});
