import type { MissionEvent } from './mission-event.ts';

/** Missions by what became of them. */
export interface MissionCounts {
  created: number;
  completed: number;
  failed: number;
  cancelled: number;
  /** Begun and not ended. */
  open: number;
}

export const noMissions = (): MissionCounts => ({
  created: 0,
  completed: 0,
  failed: 0,
  cancelled: 0,
  open: 0,
});

export const countMission = (counts: MissionCounts, { happening }: MissionEvent): void => {
  if (happening === 'started') return;
  counts[happening] += 1;
  counts.open += happening === 'created' ? 1 : -1;
};
