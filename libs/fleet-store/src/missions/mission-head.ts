/** How far the mission stream has been read, and what was met on the way. */
export interface MissionHead {
  /** The id of the last entry applied; `0-0` before the first. */
  readonly cursor: string;
  /** How many entries the stream had ever got when the cursor stood there: the cursor's place in it. */
  readonly read: number;
  readonly processed: number;
  readonly rejected: number;
  readonly missed: number;
  readonly retimed: number;
  /** How often the stream was found deleted and made anew. */
  readonly recreated: number;
  /** The generation that ended missions are kept in, how many it holds, and since when, Unix milliseconds. */
  readonly generation: number;
  readonly generationSize: number;
  readonly generationSinceMs: number;
  /** Unix milliseconds: before it nothing is known; null before the first run. */
  readonly knownFromMs: number | null;
  /** Unix milliseconds: everything up to it is counted; null before the first run. */
  readonly asOfMs: number | null;
  readonly fence: number;
}

export const parseHead = (fields: Record<string, string>): MissionHead => {
  const number = (name: string): number => Number(fields[name] ?? 0);
  const optional = (name: string): number | null => (fields[name] === undefined ? null : number(name));
  return {
    cursor: fields['cursor'] ?? '0-0',
    read: number('read'),
    processed: number('processed'),
    rejected: number('rejected'),
    missed: number('missed'),
    retimed: number('retimed'),
    recreated: number('recreated'),
    generation: number('generation'),
    generationSize: number('generation_size'),
    generationSinceMs: number('generation_since_ms'),
    knownFromMs: optional('known_from_ms'),
    asOfMs: optional('as_of_ms'),
    fence: number('fence'),
  };
};
