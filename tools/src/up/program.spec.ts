import { wordsOf } from './program.ts';

describe('wordsOf', () => {
  it('names the exit code', () => {
    expect(wordsOf({ code: 1, signal: null })).toBe('with 1');
  });

  it('names the signal that ended it', () => {
    expect(wordsOf({ code: null, signal: 'SIGKILL' })).toBe('by SIGKILL');
  });
});
