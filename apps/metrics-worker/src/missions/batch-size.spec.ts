import { nextBatchSize } from './batch-size.ts';

const entries = (characters: number): [string, string[]][] =>
  Array.from({ length: 100 }, (_, index) => [`${index}-0`, ['data', 'x'.repeat(characters)]]);

describe('nextBatchSize', () => {
  it('begins with few entries, of which nothing is known yet', () => {
    expect(nextBatchSize()).toBe(500);
  });

  it('reads 5000 short ones', () => {
    expect(nextBatchSize(entries(100))).toBe(5000);
  });

  it('reads fewer long ones', () => {
    expect(nextBatchSize(entries(40_000))).toBe(104);
    expect(nextBatchSize(entries(4_000_000))).toBe(10);
  });
});
