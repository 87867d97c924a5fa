import type { Reading } from '@fleet/fleet-store';
import type { z } from 'zod';
import type { Presence } from '../presence/index.ts';
import type { historyAnswer, metricsAnswer, robotAnswer, robotsAnswer } from './answers.ts';

/** What came over a robot's connection so far. */
export interface LedgerReport {
  lastSeq: number;
  received: number;
  duplicates: number;
  outOfOrder: number;
  rejected: number;
  lost: number;
  missing: readonly (readonly [number, number])[];
}

type ListedRobot = z.output<typeof robotsAnswer>['robots'][number];

export const toListedRobot = (presence: Presence): ListedRobot => ({
  robot_id: presence.robotId,
  state: presence.state,
  since: presence.since / 1000,
  reason: presence.reason ?? null,
  last_seen_at: presence.lastSeenAt / 1000,
  connection_id: presence.connectionId,
  connected_at: presence.connectedAt / 1000,
  instance: presence.instance ?? null,
  protocol: presence.protocol ?? null,
  session: presence.session ?? null,
  takeovers_per_minute: presence.takeovers,
  contested: presence.contested,
});

export const toRobot = (
  presence: Presence,
  ledger: LedgerReport | undefined,
): z.output<typeof robotAnswer> => ({
  ...toListedRobot(presence),
  quality:
    ledger === undefined
      ? null
      : {
          last_seq: ledger.lastSeq,
          received: ledger.received,
          duplicates: ledger.duplicates,
          out_of_order: ledger.outOfOrder,
          rejected: ledger.rejected,
          lost: ledger.lost,
          missing: ledger.missing.map(([from, to]) => [from, to]),
        },
});

/** `now` and `staleAfter` in seconds. */
export function toMetrics(
  robotId: string,
  { metrics, attributes, recordedAt, receivedAt }: Reading,
  now: number,
  staleAfter: number,
): z.output<typeof metricsAnswer> {
  const age = Math.max(0, now - recordedAt);
  return {
    robot_id: robotId,
    metrics: { ...metrics },
    attributes: { ...attributes },
    recorded_at: recordedAt,
    received_at: receivedAt,
    age_seconds: Math.round(age * 1000) / 1000,
    stale: age > staleAfter,
  };
}

export const toSample = (
  { metrics, attributes, recordedAt, receivedAt, seq }: Reading,
  metric: string | undefined,
): z.output<typeof historyAnswer>['samples'][number] => ({
  metrics: metric === undefined ? { ...metrics } : { [metric]: metrics[metric] ?? null },
  attributes: { ...attributes },
  recorded_at: recordedAt,
  received_at: receivedAt,
  ...(seq === undefined ? {} : { seq }),
});
