import fc from 'fast-check';

import {
  addRange,
  capOldest,
  containsSeq,
  countSeqs,
  mergeRanges,
  removeRange,
  subtractRanges,
  type SeqRange,
  type SeqRanges,
} from './seq-ranges.ts';

const range = fc
  .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 12 }))
  .map(([from, length]): SeqRange => [from, from + length]);
const step = fc.record({ act: fc.constantFrom('add', 'remove'), range });

const numbersOf = (ranges: Iterable<SeqRange>): Set<number> => {
  const numbers = new Set<number>();
  for (const [from, to] of ranges) for (let seq = from; seq <= to; seq += 1) numbers.add(seq);
  return numbers;
};

const isNormal = (ranges: SeqRanges): boolean =>
  ranges.every(([from, to], index) => {
    const next = ranges[index + 1];
    return from <= to && (next === undefined || to + 1 < next[0]);
  });

describe('seq ranges', () => {
  it('behave as a set of numbers does, whatever is added and removed', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const model = new Set<number>();
        let ranges: SeqRanges = [];
        for (const { act, range } of steps) {
          ranges = act === 'add' ? addRange(ranges, range) : removeRange(ranges, range);
          for (const seq of numbersOf([range])) {
            if (act === 'add') model.add(seq);
            else model.delete(seq);
          }
          expect(isNormal(ranges)).toBe(true);
          expect(countSeqs(ranges)).toBe(model.size);
        }
        expect(numbersOf(ranges)).toEqual(model);
        for (let seq = 0; seq < 80; seq += 1) expect(containsSeq(ranges, seq)).toBe(model.has(seq));
      }),
    );
  });

  it('merge from any order, overlapping or not', () => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 20 }), (ranges) => {
        const merged = mergeRanges(ranges);
        expect(isNormal(merged)).toBe(true);
        expect(numbersOf(merged)).toEqual(numbersOf(ranges));
      }),
    );
  });

  it('subtract exactly the numbers of the other set', () => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 10 }), fc.array(range, { maxLength: 10 }), (left, right) => {
        const rest = numbersOf(subtractRanges(mergeRanges(left), mergeRanges(right)));
        expect(rest).toEqual(new Set([...numbersOf(left)].filter((seq) => !numbersOf(right).has(seq))));
      }),
    );
  });

  it('join ranges that touch', () => {
    expect(addRange([[1, 3], [7, 9]], [4, 6])).toEqual([[1, 9]]); // prettier-ignore
  });

  it('split a range when its middle is removed', () => {
    expect(removeRange([[1, 9]], [4, 6])).toEqual([[1, 3], [7, 9]]); // prettier-ignore
  });

  it('leave their argument as it was', () => {
    const ranges: SeqRanges = Object.freeze([[2, 4] as const]);
    addRange(ranges, [5, 6]);
    removeRange(ranges, [3, 3]);
    expect(ranges).toEqual([[2, 4]]);
  });

  it('give up the oldest beyond a bound', () => {
    const ranges: SeqRanges = [[1, 1], [3, 3], [5, 5]]; // prettier-ignore
    expect(capOldest(ranges, 2)).toEqual({ kept: [[3, 3], [5, 5]], dropped: [[1, 1]] }); // prettier-ignore
    expect(capOldest(ranges, 5)).toEqual({ kept: ranges, dropped: [] });
  });
});
