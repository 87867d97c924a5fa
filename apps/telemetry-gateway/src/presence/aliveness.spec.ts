import { createAliveness } from './aliveness.ts';

const rules = { suspectAfterMs: 5, settleMs: 20, duplicateWindowMs: 100 };

describe('aliveness', () => {
  it('is beyond suspicion while it beats', () => {
    const aliveness = createAliveness(rules, 0);
    for (let now = 0; now <= 1000; now += 5) aliveness.beaten(now);
    expect(aliveness.suspectSince(1005)).toBeUndefined();
    expect(aliveness.mayClose(0, 1005)).toBe(true);
  });

  it('may close in a silence only while repeated ids are surely known', () => {
    const aliveness = createAliveness(rules, 10);
    aliveness.beaten(10);
    expect(aliveness.suspectSince(16)).toBe(10);
    expect(aliveness.mayClose(0, 109)).toBe(true);
    expect(aliveness.mayClose(0, 110)).toBe(false);
    expect(aliveness.mayClose(50, 149)).toBe(true);
  });

  it('stays suspect after the silence until verified late enough', () => {
    const aliveness = createAliveness(rules, 10);
    aliveness.beaten(10);
    aliveness.beaten(500);
    aliveness.verified(519);
    expect(aliveness.suspectSince(500)).toBe(10);
    for (let now = 505; now <= 520; now += 5) aliveness.beaten(now);
    aliveness.verified(520);
    expect(aliveness.suspectSince(520)).toBeUndefined();
    expect(aliveness.mayClose(0, 520)).toBe(true);
  });

  it('is not cleared by a check made in another silence', () => {
    const aliveness = createAliveness(rules, 10);
    aliveness.beaten(10);
    aliveness.beaten(500);
    aliveness.verified(530);
    expect(aliveness.suspectSince(530)).toBe(10);
  });
});
