import { RecentlySettled } from './recently-settled.ts';

describe('RecentlySettled', () => {
  it('knows what was settled, and forgets what lies 16,384 further back', () => {
    const settled = new RecentlySettled();
    expect(settled.has(1, 5)).toBe(false);
    const first = 100_000;
    for (let sequence = first; sequence < first + 16_384; sequence += 2) settled.add(sequence, 5);
    for (let sequence = first; sequence < first + 16_384; sequence += 1) {
      expect(settled.has(sequence, 5)).toBe(sequence % 2 === 0);
    }
    settled.add(first + 16_384, 5);
    expect(settled.has(first, 5)).toBe(false);
    expect(settled.has(first + 16_384, 5)).toBe(true);
    expect(settled.has(first + 2, 6)).toBe(false);
    settled.clear();
    expect(settled.has(first + 2, 5)).toBe(false);
  });
});
