import { problemOf } from './answer-error.ts';
import { ProblemError } from './problem-error.ts';

describe('problemOf', () => {
  it('keeps a problem as it is', () => {
    const problem = new ProblemError(404, 'no such robot');
    expect(problemOf(problem)).toBe(problem);
    expect(problem.toProblem()).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'no such robot',
    });
  });

  it('passes on what the parsers say of a request', () => {
    const error = Object.assign(new Error('x'), { status: 413, type: 'entity.too.large' });
    expect(problemOf(error)).toMatchObject({
      status: 413,
      detail: 'the body is larger than this service reads',
    });
  });

  it.each([
    new Error('secret'),
    'secret',
    undefined,
    null,
    Object.assign(new Error('secret'), { status: 502 }),
  ])('takes anything else for a fault of ours and does not repeat it', (error) => {
    const problem = problemOf(error).toProblem();
    expect(problem.status).toBe(500);
    expect(JSON.stringify(problem)).not.toContain('secret');
  });
});
