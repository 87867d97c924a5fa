import { Redis } from 'ioredis';

export type MissionEntry = Readonly<Record<string, string>>;

/** What is in the mission stream, in order. */
export const missionEntries = async (
  url: string,
  stream = 'brain.events.missions',
): Promise<MissionEntry[]> => {
  const redis = new Redis(url);
  try {
    const entries = await redis.xrange(stream, '-', '+');
    return entries.map(([, fields]) => namesAndValues(fields));
  } finally {
    redis.disconnect();
  }
};

const namesAndValues = (fields: readonly string[]): MissionEntry => {
  const entry: Record<string, string> = {};
  for (let index = 0; index + 1 < fields.length; index += 2)
    entry[fields[index] ?? ''] = fields[index + 1] ?? '';
  return entry;
};

/** The happenings of each mission, in order. */
export const happeningsByMission = (entries: readonly MissionEntry[]): Map<string, string> => {
  const byMission = new Map<string, string>();
  for (const { mission_id: id = '', event_type: type = '' } of entries)
    byMission.set(id, `${byMission.get(id) ?? ''} ${type.replace('mission.', '')}`.trim());
  return byMission;
};
