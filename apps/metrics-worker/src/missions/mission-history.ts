import { rankOf, type MissionEventKind } from './mission-event.ts';

/** Something that happened to a mission, as kept in its history. */
export interface Happening {
  readonly kind: MissionEventKind;
  /** Unix milliseconds. */
  readonly atMs: number;
  readonly robotId: string | undefined;
}

/**
 * All that is known of a mission: a set of happenings, ordered by time and kind. Adding is commutative and idempotent,
 * so the history is the same in whatever order, and however often, its entries arrive.
 */
export type MissionHistory = readonly Happening[];

/** The earliest so many happenings are kept; what is later in a mission that never settles has no effect. */
export const maxHappenings = 64;

const compare = (a: Happening, b: Happening): number => a.atMs - b.atMs || rankOf(a.kind) - rankOf(b.kind);

const isFailure = (kind: MissionEventKind): boolean => kind === 'failed' || kind === 'lost_connection';

/** A failure keeps the verdict it got first (failed, or lost because its robot was offline), so a repeat changes nothing. */
const isSame = (a: Happening, b: Happening): boolean =>
  a.atMs === b.atMs && (a.kind === b.kind || (isFailure(a.kind) && isFailure(b.kind)));

/** The history of a mission of which nothing was known. */
export const historyOf = (happenings: readonly Happening[]): MissionHistory =>
  isInOrder(happenings) ? happenings : addToHistory([], happenings);

/** As nearly all are: each later than the one before, and nothing twice. */
const isInOrder = (happenings: readonly Happening[]): boolean => {
  for (let index = 1; index < happenings.length; index += 1) {
    const [before, after] = [happenings[index - 1] as Happening, happenings[index] as Happening];
    if (compare(before, after) >= 0 || isSame(before, after)) return false;
  }
  return happenings.length <= maxHappenings;
};

/** Returns `history` itself when `added` holds nothing new. */
export const addToHistory = (history: MissionHistory, added: readonly Happening[]): MissionHistory => {
  let merged: Happening[] | undefined;
  for (const happening of added) {
    const current: readonly Happening[] = merged ?? history;
    if (current.some((known) => isSame(known, happening))) continue;
    merged ??= [...history];
    let index = merged.length;
    for (let before = merged[index - 1]; before !== undefined && compare(happening, before) < 0;) {
      index -= 1;
      before = merged[index - 1];
    }
    merged.splice(index, 0, happening);
    // That nothing is heard any more is worth knowing of a full history too.
    if (merged.length > maxHappenings) merged.splice(merged.at(-1)?.kind === 'abandoned' ? -2 : -1, 1);
  }
  return merged ?? history;
};
