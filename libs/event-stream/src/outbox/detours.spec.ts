import { Detours } from './detours.ts';

describe('the subjects whose events wait in the outbox', () => {
  it('are known until the outbox was seen empty after the last of them', () => {
    const detours = new Detours();
    detours.add('a');
    detours.appending();
    detours.appended();
    const seen = detours.appends;
    detours.add('b');
    detours.appending();
    detours.appended();
    detours.emptied(seen);
    expect([detours.has('a'), detours.has('b'), detours.has('c')]).toEqual([true, true, false]);
    detours.emptied(detours.appends);
    expect([detours.has('a'), detours.has('b')]).toEqual([false, false]);
  });

  it('are known while something is on its way to the outbox', () => {
    const detours = new Detours();
    detours.add('a');
    detours.appending();
    detours.emptied(detours.appends);
    expect(detours.has('a')).toBe(true);
    detours.appended();
    detours.emptied(detours.appends);
    expect(detours.has('a')).toBe(false);
  });

  it('are all subjects when they are too many to tell', () => {
    const detours = new Detours();
    for (let i = 0; i < 10_001; i += 1) detours.add(`s${i}`);
    expect(detours.has('never seen')).toBe(true);
    detours.emptied(detours.appends);
    expect(detours.has('never seen')).toBe(false);
  });
});
