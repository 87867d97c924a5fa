import { ForbiddenSubjects } from './forbidden-subjects.ts';

describe('the subjects that the server refused', () => {
  it('are known for a minute', () => {
    const forbidden = new ForbiddenSubjects();
    forbidden.add('a', 1_000);
    expect([forbidden.has('a', 60_999), forbidden.has('b', 60_999)]).toEqual([true, false]);
    expect(forbidden.has('a', 61_000)).toBe(false);
  });

  it('are forgotten when they are too many', () => {
    const forbidden = new ForbiddenSubjects();
    for (let i = 0; i <= 10_000; i += 1) forbidden.add(`s${i}`, 0);
    expect([forbidden.has('s0', 1), forbidden.has('s10000', 1)]).toEqual([false, true]);
  });
});
