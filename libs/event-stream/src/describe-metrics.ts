import type { EventStreamStatus, LaneStatus } from './event-stream.ts';
import type { EventStreamMetric } from './metric.ts';

const prefix = 'fleet_event_stream';

/** The publishing half's figures. A service registers each under its name with a `collect` that sets what `read` gives. */
export const describeMetrics = (status: () => EventStreamStatus): readonly EventStreamMetric[] => {
  const figure = (
    name: string,
    type: 'counter' | 'gauge',
    help: string,
    of: (status: EventStreamStatus) => number,
  ): EventStreamMetric => ({ name: `${prefix}_${name}`, type, help, read: () => of(status()) });
  const labelled = (
    name: string,
    type: 'counter' | 'gauge',
    label: string,
    help: string,
    of: (status: EventStreamStatus) => Readonly<Record<string, number>>,
  ): EventStreamMetric => ({ name: `${prefix}_${name}`, type, label, help, read: () => of(status()) });
  const byStream = (of: (lane: LaneStatus) => number) => (s: EventStreamStatus) =>
    Object.fromEntries(Object.entries(s.lanes).map(([stream, lane]) => [stream, of(lane)]));

  return [
    figure('connected', 'gauge', '1 while connected to a server', (s) => Number(s.connected)),
    figure('ready', 'gauge', '1 while connected and every stream is there', (s) => Number(s.ready)),
    figure('reconnects_total', 'counter', 'Connections made again', (s) => s.reconnects),
    figure('events_total', 'counter', 'Events given to emit or publish', (s) => s.emitted),
    figure('stored_events_total', 'counter', 'Events that JetStream has confirmed', (s) => s.stored),
    figure(
      'duplicate_events_total',
      'counter',
      'Confirmed events that were stored before',
      (s) => s.duplicates,
    ),
    figure('resent_messages_total', 'counter', 'Messages sent again', (s) => s.retried),
    figure('dead_letters_total', 'counter', 'Refused events set aside', (s) => s.deadLettered),
    figure('outboxed_events_total', 'counter', 'Events moved to the outbox', (s) => s.outboxed),
    figure('relayed_events_total', 'counter', 'Events moved from the outbox to the stream', (s) => s.relayed),
    labelled(
      'dropped_events_total',
      'counter',
      'reason',
      'Events lost before a server had them',
      (s) => s.dropped,
    ),
    labelled('refused_events_total', 'counter', 'kind', 'Events refused for good', (s) => s.refused),
    labelled(
      'pending_events',
      'gauge',
      'stream',
      'Events held in memory',
      byStream((lane) => lane.pending),
    ),
    labelled(
      'pending_bytes',
      'gauge',
      'stream',
      'Memory held by them, about',
      byStream((lane) => lane.pendingBytes),
    ),
    labelled(
      'in_flight_events',
      'gauge',
      'stream',
      'Events sent and not confirmed',
      byStream((lane) => lane.inFlight),
    ),
    labelled('oldest_pending_age_seconds', 'gauge', 'stream', 'Age of the oldest event held', (s) =>
      Object.fromEntries(Object.entries(s.lanes).map(([stream, lane]) => [stream, lane.oldestAgeMs / 1000])),
    ),
    figure('outbox_entries', 'gauge', 'Events in the outbox, as last seen', (s) => s.outbox?.entries ?? 0),
    figure(
      'outbox_oldest_age_seconds',
      'gauge',
      'Age of the oldest event in the outbox, as last seen',
      (s) => (s.outbox?.oldestAgeMs ?? 0) / 1000,
    ),
  ];
};
