import { createTurns } from './turns.ts';

const pauseMs = 10;

describe('turns', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('let all who ask in one turn go on together', async () => {
    const endOfTurn = createTurns(pauseMs);
    const gone: string[] = [];
    const asks = ['a', 'b'].map((name) => endOfTurn().then(() => gone.push(name)));
    await Promise.resolve();
    expect(gone).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    await Promise.all(asks);
    expect(gone).toEqual(['a', 'b']);
  });

  it('follow each other no faster than they may, and at once after a pause', async () => {
    const endOfTurn = createTurns(pauseMs);
    const gone: string[] = [];
    const ask = (name: string) => void endOfTurn().then(() => gone.push(name));
    ask('alone');
    await jest.advanceTimersByTimeAsync(1);
    expect(gone).toEqual(['alone']);
    ask('second');
    await jest.advanceTimersByTimeAsync(pauseMs / 2);
    ask('third');
    expect(gone).toEqual(['alone']);
    await jest.advanceTimersByTimeAsync(pauseMs);
    expect(gone).toEqual(['alone', 'second', 'third']);
    await jest.advanceTimersByTimeAsync(pauseMs);
    ask('later');
    await jest.advanceTimersByTimeAsync(1);
    expect(gone).toEqual(['alone', 'second', 'third', 'later']);
  });
});
