import type { Entry } from './read-stream.ts';

/**
 * Counts a mission stream in the plainest way there is, entry by entry and mission by mission, to compare with: nothing
 * of it is shared with the service.
 */
export interface Reference {
  readonly totals: Counts & { entries_processed: number };
  readonly inFlight: number;
  /** By the Unix seconds of their beginning. */
  readonly minutes: ReadonlyMap<number, Partial<Counts>>;
}

export type Counts = Record<(typeof kinds)[number], number>;

interface Happened {
  readonly kind: string;
  readonly at: number;
}

interface Said {
  readonly status?: string;
  readonly event_type?: string;
  readonly mission_id: string;
  readonly timestamp?: string | number;
}

const ends = ['completed', 'failed', 'cancelled'];

/** Of two things in the same millisecond the one that stands first here was first. */
const kinds = ['created', 'started', 'completed', 'failed', 'cancelled', 'retried', 'other'] as const;

const rank = (kind: string): number => kinds.findIndex((each) => each === kind);

const readEntry = ([id, fields]: Entry): Happened & { missionId: string } => {
  const given = new Map<string, string>();
  for (let index = 0; index < fields.length; index += 2)
    given.set(String(fields[index]), String(fields[index + 1]));
  const data = given.get('data');
  const said = (data === undefined ? Object.fromEntries(given) : JSON.parse(data)) as Said;
  const word = said.status ?? said.event_type?.replace('mission.', '') ?? '';
  const { timestamp } = said;
  return {
    kind: kinds.some((kind) => kind === word) ? word : 'other',
    at: timestamp === undefined ? Number(id.split('-')[0]) : Math.round(Number(timestamp) * 1000),
    missionId: said.mission_id,
  };
};

export const countByHand = (entries: readonly Entry[]): Reference => {
  const totals = { created: 0, started: 0, completed: 0, failed: 0, cancelled: 0, retried: 0, other: 0 };
  const minutes = new Map<number, Partial<Counts>>();
  const count = ({ kind, at }: Happened): void => {
    const known = kind as keyof Counts;
    totals[known] += 1;
    const start = Math.floor(at / 60_000) * 60;
    const minute = minutes.get(start) ?? {};
    minutes.set(start, minute);
    minute[known] = (minute[known] ?? 0) + 1;
  };

  const missions = new Map<string, Happened[]>();
  for (const entry of entries) {
    const { missionId, ...happened } = readEntry(entry);
    if (happened.kind === 'other') count(happened);
    else missions.set(missionId, [...(missions.get(missionId) ?? []), happened]);
  }

  let inFlight = 0;
  for (const happenings of missions.values()) {
    happenings.sort((a, b) => a.at - b.at || rank(a.kind) - rank(b.kind));
    let [isCreated, isStarted, isEnded] = [false, false, false];
    for (const happened of happenings) {
      const { kind } = happened;
      if (kind === 'retried' && isEnded) {
        count(happened);
        [isStarted, isEnded] = [false, false];
      } else if (kind === 'created' && !isCreated) {
        count(happened);
        isCreated = true;
      } else if (kind === 'started' && !isStarted) {
        count(happened);
        isStarted = true;
      } else if (ends.includes(kind) && !isEnded) {
        count(happened);
        isEnded = true;
      }
    }
    if (!isEnded) inFlight += 1;
  }
  return { totals: { ...totals, entries_processed: entries.length }, inFlight, minutes };
};
