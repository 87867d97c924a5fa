import fc from 'fast-check';

import { happenings } from './happenings.fixture.ts';
import { addToHistory, maxHappenings, type Happening } from './mission-history.ts';

const shapeOf = (history: readonly Happening[]) => history.map(({ kind, atMs }) => [kind, atMs]);

describe('addToHistory', () => {
  it('comes to the same in whatever order and however often happenings arrive', () => {
    // A failure's verdict is the first that fell, so only one kind of failure takes part here.
    const settled = happenings.map((list) => list.filter(({ kind }) => kind !== 'lost_connection'));
    fc.assert(
      fc.property(settled, fc.infiniteStream(fc.nat()), (list, order) => {
        const shuffled = [...list, ...list]
          .map((happening) => ({ happening, key: Number(order.next().value) }))
          .sort((a, b) => a.key - b.key);
        const gradually = shuffled.reduce<readonly Happening[]>(
          (history, { happening }) => addToHistory(history, [happening]),
          [],
        );
        expect(shapeOf(gradually)).toEqual(shapeOf(addToHistory([], list)));
      }),
    );
  });

  it('keeps the first verdict on a failure', () => {
    const history = addToHistory([], [{ kind: 'lost_connection', atMs: 5, robotId: 'r1' }]);
    expect(addToHistory(history, [{ kind: 'failed', atMs: 5, robotId: 'r1' }])).toBe(history);
  });

  it('keeps the earliest happenings of a mission that never settles', () => {
    const list = Array.from({ length: 100 }, (_, index): Happening => {
      return { kind: 'retried', atMs: 1000 - index, robotId: undefined };
    });
    const history = addToHistory([], list);
    expect(history).toHaveLength(maxHappenings);
    expect(history[0]?.atMs).toBe(901);
    const abandoned = addToHistory(history, [{ kind: 'abandoned', atMs: 5000, robotId: undefined }]);
    expect(abandoned).toHaveLength(maxHappenings);
    expect(abandoned.at(-1)?.kind).toBe('abandoned');
  });
});
