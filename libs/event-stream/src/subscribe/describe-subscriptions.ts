import type { EventStreamMetric } from '../metric.ts';
import type { SubscriptionStatus } from './subscription.ts';

const prefix = 'fleet_event_stream';

/** The reading half's figures, by durable; dead letters by reason. */
export const describeSubscriptions = (
  status: () => readonly SubscriptionStatus[],
): readonly EventStreamMetric[] => {
  const byDurable = (
    name: string,
    type: 'counter' | 'gauge',
    help: string,
    of: (status: SubscriptionStatus) => number,
  ): EventStreamMetric => ({
    name: `${prefix}_${name}`,
    type,
    help,
    label: 'durable',
    read: () => Object.fromEntries(status().map((each) => [each.durable, of(each)])),
  });

  return [
    byDurable('lag_events', 'gauge', 'Events not yet handled', (s) => s.lag ?? Number.NaN),
    byDurable('in_hand_events', 'gauge', 'Events taken and not yet settled', (s) => s.inHand),
    byDurable('handled_events_total', 'counter', 'Events handled', (s) => s.handled),
    byDurable('redelivered_events_total', 'counter', 'Events that came again', (s) => s.redelivered),
    byDurable('failed_handlings_total', 'counter', 'Tries that failed', (s) => s.failed),
    byDurable('timed_out_handlings_total', 'counter', 'Of these: took too long', (s) => s.timedOut),
    byDurable('skipped_events_total', 'counter', 'Events handled before', (s) => s.skipped),
    byDurable('handlings_total', 'counter', 'Tries concluded', (s) => s.handling.count),
    byDurable('handling_seconds_total', 'counter', 'Time spent in handlers', (s) => s.handling.seconds),
    byDurable('handling_seconds_max', 'gauge', 'The longest try', (s) => s.handling.maxSeconds),
    {
      name: `${prefix}_subscription_dead_letters_total`,
      type: 'counter',
      help: 'Events set aside by subscribers',
      label: 'reason',
      read: () => {
        const sums: Record<string, number> = {};
        for (const { deadLetters } of status()) {
          for (const [reason, count] of Object.entries(deadLetters))
            sums[reason] = (sums[reason] ?? 0) + count;
        }
        return sums;
      },
    },
  ];
};
