import type { StreamName } from '@fleet/event-envelope';

import type { RunningConnection } from './connection/start-connection.ts';
import type { EventStreamStatus, LaneStatus } from './event-stream.ts';
import type { Outboxing } from './outbox/create-outboxing.ts';
import type { Publisher } from './publish/publisher.ts';
import type { Way } from './publish/way.ts';
import type { Subscriptions } from './subscribe/create-subscriptions.ts';

const laneStatusOf = ({ lane, buffer }: Way, nowMs: number): LaneStatus => ({
  pending: lane.held.size + buffer.inLine.size,
  pendingBytes: lane.held.weight + buffer.inLine.weight,
  inFlight: lane.inFlight,
  oldestAgeMs: lane.oldestAgeMs(nowMs),
});

export const isReady = ({ connected, prepared }: RunningConnection): boolean => connected && prepared;

export const statusOf = (
  publisher: Publisher,
  connection: RunningConnection,
  outboxing: Outboxing,
  subscriptions: Subscriptions,
): EventStreamStatus => {
  const now = Date.now();
  const lanes = Object.fromEntries(
    Object.entries(publisher.ways).map(([name, way]) => [name, laneStatusOf(way, now)]),
  ) as Record<StreamName, LaneStatus>;
  const all = Object.values(lanes);
  const sum = (of: (lane: LaneStatus) => number) => all.reduce((total, lane) => total + of(lane), 0);
  const { dropped, refused, ...counters } = publisher.counters;
  return {
    ...counters,
    retried: Object.values(publisher.ways).reduce((total, way) => total + way.lane.retried, 0),
    dropped: { ...dropped },
    refused: { ...refused },
    connected: connection.connected,
    ready: isReady(connection),
    reconnects: connection.reconnects,
    pending: sum((lane) => lane.pending),
    pendingBytes: sum((lane) => lane.pendingBytes),
    inFlight: sum((lane) => lane.inFlight),
    oldestAgeMs: Math.max(...all.map((lane) => lane.oldestAgeMs)),
    outbox: outboxing.depth,
    lanes,
    subscriptions: subscriptions.status(),
  };
};
