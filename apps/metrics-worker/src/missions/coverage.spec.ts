import { coverageOf } from './coverage.ts';

const known = { fromMs: 0, untilMs: 1000, gaps: [] };

describe('coverageOf', () => {
  it('is whole where everything is known', () => {
    expect(coverageOf(100, 200, known)).toBe(1);
  });

  it('is nothing before the first run, before the beginning and after the last entry', () => {
    expect(coverageOf(0, 100, { fromMs: null, untilMs: null, gaps: [] })).toBe(0);
    expect(coverageOf(0, 100, { ...known, fromMs: 100 })).toBe(0);
    expect(coverageOf(1000, 1100, known)).toBe(0);
  });

  it('ends with the last thing counted', () => {
    expect(coverageOf(900, 1100, known)).toBe(0.5);
  });

  it('leaves out what was trimmed unread, once where gaps overlap', () => {
    const gaps = [
      { fromMs: 150, toMs: 250 },
      { fromMs: 100, toMs: 200 },
      { fromMs: 390, toMs: 500 },
    ];
    expect(coverageOf(100, 400, { ...known, gaps })).toBeCloseTo(140 / 300);
  });
});
