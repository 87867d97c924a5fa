import { parseDuration } from './duration-text.ts';
import { bucketsWithin, windowEndingAt } from './window-bounds.ts';

const at = (text: string): number => Date.parse(text) / 1000;
const now = Date.parse('2026-03-05T10:20:30Z');

describe('windowEndingAt', () => {
  it('ends with the minute under way', () => {
    expect(windowEndingAt(now, 300)).toEqual({
      from: at('2026-03-05T10:16:00Z'),
      to: at('2026-03-05T10:21:00Z'),
    });
  });

  it('begins with a full hour beyond a day, with a full day beyond 30', () => {
    expect(windowEndingAt(now, 7 * 86_400).from).toBe(at('2026-02-26T10:00:00Z'));
    expect(windowEndingAt(now, 365 * 86_400).from).toBe(at('2025-03-05T00:00:00Z'));
  });
});

describe('bucketsWithin', () => {
  it('takes the largest buckets that fit', () => {
    const buckets = bucketsWithin({ from: at('2026-03-03T22:58:00Z'), to: at('2026-03-05T01:02:00Z') });
    expect(buckets.map(({ size }) => size)).toEqual([
      'minute',
      'minute',
      'hour',
      'day',
      'hour',
      'minute',
      'minute',
    ]);
    expect(buckets[3]?.start).toBe(at('2026-03-04T00:00:00Z'));
  });
});

describe('parseDuration', () => {
  it.each([
    ['90s', 90],
    ['5m', 300],
    ['24h', 86_400],
    ['365d', 31_536_000],
  ])('reads %s', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(['', '5', 'm', '0m', '-5m', '1.5h', '5 m', '5w'])('does not read %p', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});
