import fc from 'fast-check';

import { percentile, stepOf, valueOf } from './histogram.ts';

describe('the histogram', () => {
  it('knows a value to within 0.8 %', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 40 - 1 }), (value) => {
        expect(Math.abs(valueOf(stepOf(value)) - value)).toBeLessThanOrEqual(value * 0.008);
      }),
    );
  });

  it('puts a longer value into no earlier step', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 40), fc.nat(2 ** 40), (a, b) => {
        expect(stepOf(Math.min(a, b))).toBeLessThanOrEqual(stepOf(Math.max(a, b)));
      }),
    );
  });

  it('tells percentiles by nearest rank', () => {
    const histogram = new Map(Array.from({ length: 100 }, (_, index) => [stepOf(index + 1), 1]));
    expect([0.5, 0.95, 0.99, 1].map((share) => percentile(histogram, share))).toEqual([50, 95, 99, 100]);
  });

  it('tells none of nothing', () => {
    expect(percentile(new Map(), 0.5)).toBeNull();
    expect(percentile(new Map([[3, 0]]), 0.5)).toBeNull();
  });
});
