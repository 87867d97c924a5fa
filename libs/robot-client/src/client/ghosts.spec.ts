import { Ghosts } from './ghosts.ts';

describe('the ghosts of a robot', () => {
  it('excuse one takeover each', () => {
    const ghosts = new Ghosts();
    expect(ghosts.excuse(0)).toBe(false);
    ghosts.leave(0);
    ghosts.leave(1);
    expect([ghosts.excuse(2), ghosts.excuse(2), ghosts.excuse(2)]).toEqual([true, true, false]);
  });

  it('excuse nothing after two minutes', () => {
    const ghosts = new Ghosts();
    ghosts.leave(0);
    expect(ghosts.excuse(120_000)).toBe(false);
  });
});
