import { fullJitterMs } from './backoff.ts';

describe('the backoff', () => {
  it('doubles its bound up to a cap', () => {
    const bounds = [1, 2, 3, 8, 30].map((failures) => fullJitterMs(failures, 50, 5_000, () => 1));
    expect(bounds).toEqual([50, 100, 200, 5_000, 5_000]);
  });

  it('waits any part of it', () => {
    expect(fullJitterMs(3, 50, 5_000, () => 0)).toBe(0);
    expect(fullJitterMs(3, 50, 5_000, () => 0.5)).toBe(100);
  });
});
