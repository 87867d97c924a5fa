/** The numbers `from` to `to`, both included. */
export type SeqRange = readonly [from: number, to: number];

/** A set of sequence numbers: ascending ranges that neither overlap nor touch. Every function here leaves its arguments alone. */
export type SeqRanges = readonly SeqRange[];

/** The set with all of `added` in it too. */
export const addRange = (ranges: SeqRanges, added: SeqRange): SeqRanges => {
  let [from, to] = added;
  const before: SeqRange[] = [];
  const after: SeqRange[] = [];
  for (const range of ranges) {
    if (range[1] < from - 1) before.push(range);
    else if (range[0] > to + 1) after.push(range);
    else {
      from = Math.min(from, range[0]);
      to = Math.max(to, range[1]);
    }
  }
  return [...before, [from, to], ...after];
};

/** The set without any of `removed`. */
export const removeRange = (ranges: SeqRanges, removed: SeqRange): SeqRanges => {
  const [from, to] = removed;
  return ranges.flatMap((range): SeqRange[] => {
    if (range[1] < from || range[0] > to) return [range];
    const left: SeqRange[] = range[0] < from ? [[range[0], from - 1]] : [];
    const right: SeqRange[] = range[1] > to ? [[to + 1, range[1]]] : [];
    return [...left, ...right];
  });
};

export const containsSeq = (ranges: SeqRanges, seq: number): boolean =>
  ranges.some(([from, to]) => from <= seq && seq <= to);

/** How many numbers are in the set. */
export const countSeqs = (ranges: SeqRanges): number =>
  ranges.reduce((count, [from, to]) => count + (to - from + 1), 0);

/** Any ranges, in any order and overlapping, as a set. */
export const mergeRanges = (ranges: Iterable<SeqRange>): SeqRanges => {
  const merged: [number, number][] = [];
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
};

/** The set without any of the numbers of `removed`. */
export const subtractRanges = (ranges: SeqRanges, removed: SeqRanges): SeqRanges =>
  removed.reduce<SeqRanges>(removeRange, ranges);

/** The newest `max` ranges, and the oldest that had to go. */
export const capOldest = (ranges: SeqRanges, max: number): { kept: SeqRanges; dropped: SeqRanges } => {
  const excess = Math.max(0, ranges.length - max);
  return { kept: ranges.slice(excess), dropped: ranges.slice(0, excess) };
};
