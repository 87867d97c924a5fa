import { describeError } from './describe-error.ts';

describe('describeError', () => {
  it('says kind, sentence, code and cause, and nothing else an error carries', () => {
    const cause = Object.assign(new Error('WRONGPASS'), { command: { name: 'auth', args: ['hunter2'] } });
    const error = Object.assign(new TypeError('no', { cause }), { code: 'EX', token: 'hunter2' });
    const described = describeError(error);
    expect(described).toMatchObject({
      type: 'TypeError',
      message: 'no',
      code: 'EX',
      cause: { message: 'WRONGPASS' },
    });
    expect(JSON.stringify(described)).not.toContain('hunter2');
  });

  it('ends at a cause that leads back to itself', () => {
    const error = new Error('round');
    error.cause = error;
    expect(JSON.stringify(describeError(error))).toContain('round');
  });

  it('leaves what is no error as it is', () => {
    expect(describeError('text')).toBe('text');
  });
});
