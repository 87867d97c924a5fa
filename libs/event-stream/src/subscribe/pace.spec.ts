import { Pace } from './pace.ts';

/** Handles whole batches at so many seconds each, and says how large they are in the end. */
const batchAfter = (secondsEach: number, concurrency: number, most = 256): number => {
  const handling = { count: 0, seconds: 0 };
  const pace = new Pace(handling, concurrency, most);
  let batch = 0;
  for (let round = 0; round < 20; round += 1) {
    batch = pace.want(0, 0);
    handling.count += batch;
    handling.seconds += batch * secondsEach;
  }
  return batch;
};

describe('Pace', () => {
  it('begins with few', () => {
    expect(new Pace({ count: 0, seconds: 0 }, 1, 256).want(0, 0)).toBe(4);
    expect(new Pace({ count: 0, seconds: 0 }, 1, 2).want(0, 0)).toBe(2);
  });

  it('asks for as much as it may when handling is fast, and for two seconds of work when it is not', () => {
    expect(batchAfter(0.000_01, 1)).toBe(256);
    expect(batchAfter(0.1, 1)).toBe(20);
    expect(batchAfter(0.1, 8)).toBe(160);
    expect(batchAfter(60, 1)).toBe(4);
  });

  it('asks for nothing while two batches are in hand or under way', () => {
    const pace = new Pace({ count: 0, seconds: 0 }, 1, 256);
    expect(pace.want(2, 2)).toBe(4);
    expect(pace.want(3, 0)).toBe(0);
    expect(pace.want(0, 5)).toBe(0);
    expect(pace.want(0, 4)).toBe(4);
  });
});
