import fc from 'fast-check';

import { maxMissingRanges } from '@fleet/robot-protocol';

import { SequenceNumbers } from './sequence-numbers.ts';

describe('the numbers of a session', () => {
  it('are what a set of all that came would say', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 80 }), { maxLength: 120 }), (seqs) => {
        const numbers = new SequenceNumbers();
        const came = new Set<number>();
        let last = 0;
        for (const seq of seqs) {
          const expected = came.has(seq)
            ? 'duplicate'
            : seq === last + 1
              ? 'next'
              : seq > last
                ? 'ahead'
                : 'late';
          expect(numbers.take(seq)).toBe(expected);
          came.add(seq);
          last = Math.max(last, seq);
          expect(numbers.last).toBe(last);
        }
        const missing = numbers.missing.flatMap(([from, to]) =>
          Array.from({ length: to - from + 1 }, (_, index) => from + index),
        );
        expect(new Set([...missing, ...came]).size).toBe(last);
        expect(missing.length + came.size).toBe(last);
      }),
    );
  });

  it('give up the oldest gaps beyond the bound, count them and tell them from duplicates', () => {
    const numbers = new SequenceNumbers();
    for (let gap = 0; gap <= maxMissingRanges; gap += 1) numbers.take(10 * (gap + 1));
    expect(numbers.missing).toHaveLength(maxMissingRanges);
    expect(numbers.lost).toBe(9);
    expect(numbers.take(5)).toBe('given_up');
    expect(numbers.take(15)).toBe('late');
    expect(numbers.take(20)).toBe('duplicate');
  });

  it('go on from where they were saved', () => {
    const before = new SequenceNumbers();
    for (const seq of [1, 2, 5, 9]) before.take(seq);
    const after = new SequenceNumbers(
      JSON.parse(JSON.stringify(before.snapshot())) as ReturnType<SequenceNumbers['snapshot']>,
    );
    expect(after.snapshot()).toEqual(before.snapshot());
    expect(after.take(5)).toBe('duplicate');
    expect(after.take(4)).toBe('late');
    expect(after.take(10)).toBe('next');
  });

  it('absorbing another record know what either of them knew', () => {
    const some = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 40 });
    fc.assert(
      fc.property(some, some, (left, right) => {
        const a = new SequenceNumbers();
        const b = new SequenceNumbers();
        for (const seq of left) a.take(seq);
        for (const seq of right) b.take(seq);
        a.absorb(b.snapshot());
        const came = new Set([...left, ...right]);
        expect(a.last).toBe(Math.max(0, ...came));
        for (const seq of came) expect(a.take(seq)).toBe('duplicate');
        for (let seq = 1; seq < a.last; seq += 1) if (!came.has(seq)) expect(a.take(seq)).toBe('late');
      }),
    );
  });
});
