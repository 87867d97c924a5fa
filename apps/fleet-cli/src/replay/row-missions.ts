import type { MissionHappening } from '../missions/mission-event.ts';
import type { RecordedRow } from './read-recording.ts';
import { cycleOf, type RecordingSurvey } from './survey-recording.ts';

/** What the row means for the mission of its cycle. */
export interface RowMissions {
  readonly cycle: string;
  readonly happenings: readonly MissionHappening[];
}

/** A cycle is a mission: it begins with its first row and ends with its last, well unless something went wrong on the way. */
export const rowMissions = (row: RecordedRow, survey: RecordingSurvey): RowMissions | undefined => {
  const name = cycleOf(row.values);
  const cycle = name === undefined ? undefined : survey.cycles.get(name);
  if (name === undefined || cycle === undefined) return undefined;
  const begun: MissionHappening[] = cycle.firstLine === row.line ? ['created', 'started'] : [];
  const ended: MissionHappening[] =
    cycle.lastLine === row.line ? [cycle.hasFailed ? 'failed' : 'completed'] : [];
  return { cycle: name, happenings: [...begun, ...ended] };
};
