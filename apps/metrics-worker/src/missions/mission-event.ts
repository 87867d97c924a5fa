/**
 * What can happen to a mission. The order decides between events of the same millisecond, so that a history reads the
 * same however its entries were shuffled.
 */
export const missionEventKinds = [
  'created',
  'started',
  'completed',
  'lost_connection',
  'failed',
  'cancelled',
  'retried',
  'abandoned',
] as const;

export type MissionEventKind = (typeof missionEventKinds)[number];

/** How an attempt can end by what its robot or its producer says; `abandoned` is none: it stands until something is said. */
export const outcomes = ['completed', 'failed', 'cancelled', 'lost_connection'] as const;

export type Outcome = (typeof outcomes)[number];

/** One readable entry of the mission stream. */
export interface MissionEvent {
  /** `other`: a type this service does not know; counted, and of no effect on the mission. */
  readonly kind: MissionEventKind | 'other';
  /** Missing in entries that state nothing but a status: those are counted one by one. */
  readonly missionId: string | undefined;
  /** Event time, Unix milliseconds. */
  readonly atMs: number;
  readonly robotId: string | undefined;
  /** The entry's own timestamp was unreadable or in the future, and its id was taken instead. */
  readonly retimed: boolean;
}

const ranks = new Map<MissionEventKind, number>(missionEventKinds.map((kind, rank) => [kind, rank]));

export const rankOf = (kind: MissionEventKind): number => ranks.get(kind) ?? missionEventKinds.length;

export const isOutcome = (kind: MissionEventKind): kind is Outcome =>
  kind !== 'created' && kind !== 'started' && kind !== 'retried' && kind !== 'abandoned';
