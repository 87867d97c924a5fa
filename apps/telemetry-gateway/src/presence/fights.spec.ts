import { createFights } from './fights.ts';

describe('fights', () => {
  it('ask for no delay up to the limit of takeovers a minute', () => {
    const fights = createFights(15);
    for (let at = 1; at <= 15; at++) fights.tookOver('r', at);
    expect(fights.delayMs('r', 15)).toBe(0);
  });

  it('ask above it until enough takeovers are a minute old', () => {
    const fights = createFights(15);
    for (let at = 1; at <= 17; at++) fights.tookOver('r', at);
    expect(fights.delayMs('r', 17)).toBe(60_002 - 17);
    expect(fights.delayMs('r', 60_002)).toBe(0);
    expect(fights.delayMs('other', 17)).toBe(0);
  });

  it('heed what Redis has counted over all instances', () => {
    const fights = createFights(15);
    fights.heard('r', 500, 1000);
    expect(fights.delayMs('r', 1200)).toBe(300);
    expect(fights.delayMs('r', 1500)).toBe(0);
  });

  it('are news once a minute', () => {
    const fights = createFights(15);
    expect(fights.isNews('r', 1)).toBe(true);
    expect(fights.isNews('r', 59_999)).toBe(false);
    expect(fights.isNews('r', 60_001)).toBe(true);
  });
});
