import { createProcessWatch } from './process-watch.ts';

const started = () => createProcessWatch({ lostAfterMs: 10, gapMs: 7 });

describe('the process watch', () => {
  it('takes a process for lost whose heartbeat stands still', () => {
    const watch = started();
    for (const now of [0, 5, 10]) watch.observe(new Map([['p', 1]]), now);
    expect(watch.isLost('p', 9.9)).toBe(false);
    expect(watch.isLost('p', 10)).toBe(true);
  });

  it('takes it for alive again when it beats', () => {
    const watch = started();
    for (const now of [0, 5, 10]) watch.observe(new Map([['p', 1]]), now);
    watch.observe(new Map([['p', 2]]), 12);
    expect(watch.isLost('p', 12)).toBe(false);
  });

  it('compares no clocks: any change is a beat', () => {
    const watch = started();
    for (const [now, beat] of [
      [0, 100],
      [5, 90],
      [10, 80],
      [15, 70],
    ] as const)
      watch.observe(new Map([['p', beat]]), now);
    expect(watch.isLost('p', 15)).toBe(false);
  });

  it('takes nobody for lost while it could not look, and waits anew after that', () => {
    const watch = started();
    watch.observe(new Map([['p', 1]]), 0);
    expect(watch.isLost('p', 100)).toBe(false);
    watch.observe(new Map([['p', 1]]), 100);
    watch.observe(new Map([['p', 1]]), 105);
    expect(watch.isLost('p', 105)).toBe(false);
    watch.observe(new Map([['p', 1]]), 110);
    expect(watch.isLost('p', 110)).toBe(true);
  });

  it('gives one that never beat the same time, from when it is first asked for', () => {
    const watch = started();
    for (let now = 0; now <= 50; now += 5) watch.observe(new Map(), now);
    expect(watch.isLost('new', 50)).toBe(false);
    watch.observe(new Map(), 55);
    watch.observe(new Map(), 60);
    expect(watch.isLost('new', 60)).toBe(true);
  });
});
