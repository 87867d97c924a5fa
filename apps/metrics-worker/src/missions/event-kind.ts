import { missionEventKinds, type MissionEvent, type MissionEventKind } from './mission-event.ts';

/** Other words for the same, as producers write them. */
const synonyms: Record<string, MissionEventKind> = {
  canceled: 'cancelled',
  in_progress: 'started',
  running: 'started',
  succeeded: 'completed',
  success: 'completed',
  retrying: 'retried',
};

const byStatus = new Map<string, MissionEventKind>([
  ...missionEventKinds.map((kind) => [kind, kind] as const),
  ...Object.entries(synonyms),
]);

const byEventType = new Map<string, MissionEventKind>(
  [...byStatus].map(([status, kind]) => [`mission.${status}`, kind]),
);

export const kindOfStatus = (status: string): MissionEvent['kind'] =>
  byStatus.get(status) ?? byStatus.get(status.toLowerCase()) ?? 'other';

export const kindOfEventType = (eventType: string): MissionEvent['kind'] =>
  byEventType.get(eventType) ?? 'other';
