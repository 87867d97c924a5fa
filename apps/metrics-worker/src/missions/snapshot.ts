import type { MissionHead, StreamFacts } from '@fleet/fleet-store';

/** How the stream stands to the cursor. */
export type Position =
  /** Nothing came since. */
  | 'caught_up'
  | 'behind'
  /** The stream was deleted and made anew: the cursor means nothing in it. */
  | 'recreated'
  /** There is no stream: nobody has written yet, or it was deleted and will show as recreated. */
  | 'absent';

/**
 * Compares the stream with where the reading stands. A stream that has ever got fewer entries than were read of it, or
 * whose last id lies before the cursor, or that lost fewer entries at its beginning than it must have (every entry up
 * to the cursor, when its first one lies after it), is another one.
 */
export const positionIn = (
  facts: StreamFacts | null,
  { cursor, read }: Pick<MissionHead, 'cursor' | 'read'>,
): Position => {
  if (facts === null) return 'absent';
  const { added, length, lastId, firstId } = facts;
  const begun = cursor !== '0-0';
  if (begun && (added < read || compareIds(lastId, cursor) < 0)) return 'recreated';
  if (begun && firstId !== null && compareIds(firstId, cursor) > 0 && added - length < read)
    return 'recreated';
  return added === read && lastId === cursor ? 'caught_up' : 'behind';
};

/** Orders the ids of stream entries: two numbers of 64 bits. */
export const compareIds = (a: string, b: string): number => {
  const [aMs = 0n, aSequence = 0n] = a.split('-').map(BigInt);
  const [bMs = 0n, bSequence = 0n] = b.split('-').map(BigInt);
  if (aMs !== bMs) return aMs < bMs ? -1 : 1;
  return aSequence === bSequence ? 0 : aSequence < bSequence ? -1 : 1;
};
