import { attemptsOf } from './attempts.ts';
import { addToHistory, type Happening } from './mission-history.ts';
import type { MissionEventKind } from './mission-event.ts';

const tell = (...happenings: [MissionEventKind, number, string?][]) =>
  attemptsOf(
    addToHistory(
      [],
      happenings.map(([kind, atMs, robotId]): Happening => ({ kind, atMs, robotId })),
    ),
  );

describe('attemptsOf', () => {
  it('measures from the start to the end', () => {
    expect(tell(['created', 10], ['started', 20], ['completed', 50, 'r1'])).toEqual([
      {
        retriedAtMs: undefined,
        createdAtMs: 10,
        startedAtMs: 20,
        end: { outcome: 'completed', atMs: 50 },
        durationMs: 30,
        robotId: 'r1',
      },
    ]);
  });

  it('measures from the creation when the start came after the end', () => {
    expect(tell(['completed', 50], ['started', 60], ['created', 10])).toMatchObject([
      { startedAtMs: 60, durationMs: 40 },
    ]);
  });

  it('knows no duration without a beginning', () => {
    expect(tell(['failed', 50])).toMatchObject([{ durationMs: undefined }]);
  });

  it('takes a mission for created once, even when that is heard of a later attempt only', () => {
    expect(tell(['created', 10], ['failed', 20], ['retried', 30], ['created', 40])).toMatchObject([
      { createdAtMs: 10 },
      { createdAtMs: undefined },
    ]);
    expect(tell(['failed', 20], ['retried', 30], ['created', 40])).toMatchObject([
      { createdAtMs: undefined },
      { createdAtMs: 40 },
    ]);
  });

  it('lets the first outcome win, once', () => {
    const attempts = tell(['failed', 60], ['completed', 50], ['completed', 55], ['cancelled', 70]);
    expect(attempts).toMatchObject([{ end: { outcome: 'completed', atMs: 50 } }]);
  });

  it('opens another attempt with a retry after an end', () => {
    const attempts = tell(['started', 1], ['failed', 10, 'r1'], ['retried', 20], ['completed', 50, 'r2']);
    expect(attempts).toMatchObject([
      { end: { outcome: 'failed' }, durationMs: 9, robotId: 'r1' },
      { retriedAtMs: 20, end: { outcome: 'completed' }, durationMs: 30, robotId: 'r2' },
    ]);
  });

  it('takes no notice of a retry of what has not ended, nor of a second one', () => {
    expect(tell(['started', 1], ['retried', 5])).toMatchObject([{ retriedAtMs: undefined, end: undefined }]);
    expect(tell(['failed', 1], ['retried', 5], ['retried', 6])).toHaveLength(2);
  });

  it('ends what is abandoned, at a duration that nobody knows', () => {
    expect(tell(['started', 1, 'r1'], ['abandoned', 100])).toMatchObject([
      { end: { outcome: 'abandoned', atMs: 100 }, durationMs: undefined, robotId: 'r1' },
    ]);
  });

  it.each([
    ['later', 150],
    ['before it, told late', 50],
  ])('believes an outcome %s rather than that it was abandoned', (_, at) => {
    expect(tell(['started', 1], ['abandoned', 100], ['completed', at])).toMatchObject([
      { end: { outcome: 'completed', atMs: at }, durationMs: at - 1 },
    ]);
  });

  it('has what is heard of again under way', () => {
    expect(tell(['created', 1], ['abandoned', 100], ['started', 150])).toMatchObject([{ end: undefined }]);
  });
});
