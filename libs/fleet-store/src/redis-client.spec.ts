import { reconnectDelayMs } from './redis-client.ts';

describe('reconnectDelayMs', () => {
  it('doubles up to two seconds', () => {
    const longest = [1, 2, 3, 6, 7, 100].map((attempt) => reconnectDelayMs(attempt, () => 1));
    expect(longest).toEqual([50, 100, 200, 1600, 2000, 2000]);
  });

  it('draws a third of the wait', () => {
    expect(reconnectDelayMs(100, () => 0)).toBe(1333);
  });
});
