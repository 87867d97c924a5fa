import type { Redis } from 'ioredis';

export type EntryForm = 'event_type' | 'json';

const chunk = 2000;

/**
 * Writes missions of three entries each (created, started, ended) that overlap, as a busy fleet of 200 robots would:
 * about 1000 entries a second of event time.
 */
export const fillStream = async (
  commands: Redis,
  key: string,
  entries: number,
  form: EntryForm,
  first = 0,
): Promise<void> => {
  for (let from = first; from < first + entries; from += chunk) {
    const pipeline = commands.pipeline();
    for (let index = from; index < Math.min(from + chunk, first + entries); index += 1) {
      pipeline.xadd(key, '*', ...fieldsOf(index, form));
    }
    await pipeline.exec();
  }
};

const stages = ['created', 'started', 'completed'] as const;
const overlap = 300;

const fieldsOf = (index: number, form: EntryForm): string[] => {
  // Three rounds over each block of missions, so that the entries of one mission lie apart.
  const block = Math.floor(index / (3 * overlap));
  const stage = Math.floor(index / overlap) % 3;
  const mission = block * overlap + (index % overlap);
  const missionId = `mission_${mission}`;
  const robotId = `robot_${String(mission % 200).padStart(3, '0')}`;
  const isFailed = stage === 2 && mission % 10 === 0;
  const status = isFailed ? 'failed' : (stages[stage] ?? 'created');
  if (form === 'event_type') {
    return ['event_type', `mission.${status}`, 'mission_id', missionId, 'robot_id', robotId];
  }
  return ['data', JSON.stringify({ status, mission_id: missionId, robot_id: robotId })];
};
