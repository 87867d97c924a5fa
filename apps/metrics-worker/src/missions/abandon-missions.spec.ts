import { abandonedOf } from './abandon-missions.ts';
import { encodeHistory } from './encode-history.ts';
import { historyOf } from './mission-history.ts';

const mission = (isOpen: boolean, lastMs: number) => ({
  isOpen,
  history: encodeHistory(
    historyOf([
      { kind: 'created', atMs: 1000, robotId: undefined },
      { kind: 'started', atMs: lastMs, robotId: 'r1' },
    ]),
  ),
});

describe('abandonedOf', () => {
  it('gives up what is under way and was last heard of too long ago, as of when its time was over', () => {
    const missions = new Map([
      ['silent', mission(true, 2000)],
      ['heard of', mission(true, 2001)],
      ['ended', mission(false, 2000)],
    ]);
    expect([...abandonedOf(missions, 10_000, 12_000)]).toEqual([
      ['silent', [{ kind: 'abandoned', atMs: 12_000, robotId: undefined }]],
    ]);
  });
});
