import { Pace } from './pace.ts';

const gapOf = (pace: Pace, nowMs: number): number => {
  pace.sent(nowMs);
  return pace.waitMs(nowMs);
};

describe('the pace of messages', () => {
  it('lets the first go at once and the next a moment later', () => {
    const pace = new Pace();
    expect(pace.waitMs(1_000)).toBe(0);
    expect(gapOf(pace, 1_000)).toBe(10);
    expect(pace.waitMs(1_010)).toBe(0);
  });

  it('pauses as long as the gateway asks and goes slower afterwards', () => {
    const pace = new Pace();
    pace.throttled(1_000, 250);
    expect(pace.waitMs(1_000)).toBe(250);
    expect(gapOf(pace, 1_250)).toBe(20);
  });

  it('comes back to its speed while the gateway confirms', () => {
    const pace = new Pace();
    for (let count = 0; count < 20; count += 1) pace.throttled(0, 0);
    expect(gapOf(pace, 0)).toBe(1_000);
    for (let count = 0; count < 200; count += 1) pace.confirmed();
    expect(gapOf(pace, 10_000)).toBe(10);
  });

  it('is not held back for longer than a minute', () => {
    const pace = new Pace();
    pace.throttled(0, 1e15);
    expect(pace.waitMs(0)).toBe(60_000);
  });
});
