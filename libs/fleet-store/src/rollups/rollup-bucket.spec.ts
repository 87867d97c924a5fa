import { mergeRollups } from './rollup-bucket.ts';

it('adds up buckets and keeps the reading that was recorded last', () => {
  const early = { min: 1, max: 5, sum: 6, count: 2, last: 5, lastAtMs: 10 };
  const late = { min: 3, max: 9, sum: 12, count: 2, last: 3, lastAtMs: 20 };
  const sum = { min: 1, max: 9, sum: 18, count: 4, last: 3, lastAtMs: 20 };
  expect(mergeRollups([early, late])).toEqual(sum);
  expect(mergeRollups([late, early])).toEqual(sum);
  expect(mergeRollups([])).toBeUndefined();
});
