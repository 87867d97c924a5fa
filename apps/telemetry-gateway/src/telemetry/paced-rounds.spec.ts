import { PacedRounds } from './paced-rounds.ts';

const pace = { minGapMs: 0, maxGapMs: 5 };

describe('paced rounds', () => {
  it('run one at a time, and once more for what was asked for meanwhile', async () => {
    let running = 0;
    let most = 0;
    let count = 0;
    const rounds = new PacedRounds(async () => {
      running += 1;
      most = Math.max(most, running);
      count += 1;
      if (count === 1) {
        rounds.request();
        rounds.request();
      }
      await new Promise(setImmediate);
      running -= 1;
    }, pace);
    await Promise.all([rounds.flush(), rounds.flush(), rounds.flush()]);
    await rounds.flush();
    expect(most).toBe(1);
    expect(count).toBeGreaterThanOrEqual(4);
  });

  it('end a flush only after a round that began after it', async () => {
    const seen: string[] = [];
    let state = 'before';
    const rounds = new PacedRounds(async () => {
      const atStart = state;
      await new Promise(setImmediate);
      seen.push(atStart);
    }, pace);
    const first = rounds.flush();
    state = 'after';
    await rounds.flush();
    expect(seen).toEqual(['before', 'after']);
    await first;
  });
});
