/** What happens to a mission, in the order it may happen. */
export type MissionHappening = 'created' | 'started' | 'completed' | 'failed' | 'cancelled';

export interface MissionEvent {
  readonly happening: MissionHappening;
  readonly missionId: string;
  readonly robotId: string;
  /** Unix seconds, for what happened at another time than now. */
  readonly happenedAt?: number | undefined;
}

/** An entry of the mission stream: names and values in turn. */
export const fieldsOf = (event: MissionEvent): string[] => [
  'event_type',
  `mission.${event.happening}`,
  'mission_id',
  event.missionId,
  'robot_id',
  event.robotId,
  ...(event.happenedAt === undefined ? [] : ['timestamp', String(event.happenedAt)]),
];
