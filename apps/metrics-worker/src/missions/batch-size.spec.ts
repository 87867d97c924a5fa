import { nextBatchSize } from './batch-size.ts';

const entries = (characters: number, length = 500): [string, string[]][] =>
  Array.from({ length }, (_, index) => [`${index}-0`, ['data', 'x'.repeat(characters)]]);

describe('nextBatchSize', () => {
  it('begins with few entries, of which nothing is known yet', () => {
    expect(nextBatchSize()).toBe(50);
  });

  it('reads 5000 short ones', () => {
    expect(nextBatchSize(entries(100))).toBe(5000);
  });

  it('reads no more than ten times as many as before', () => {
    expect(nextBatchSize(entries(100, 50))).toBe(500);
  });

  it('reads fewer long ones', () => {
    expect(nextBatchSize(entries(40_000))).toBe(104);
    expect(nextBatchSize(entries(4_000_000))).toBe(10);
  });
});
