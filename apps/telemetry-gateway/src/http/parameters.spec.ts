import { z } from 'zod';
import { ParameterError, readQuery, readRobotId, type QueryParameter } from './parameters.ts';

const limit: QueryParameter<number> = {
  schema: z.int().min(1).max(500),
  kind: 'number',
  description: 'a whole number from 1 to 500',
};
const name: QueryParameter<string> = { schema: z.string().min(1), kind: 'text', description: 'a name' };

const read = (query: string) => readQuery(new URLSearchParams(query), { limit, name });

function mistakesOf(work: () => unknown): ParameterError['mistakes'] {
  try {
    work();
  } catch (error) {
    if (error instanceof ParameterError) return error.mistakes;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('readQuery', () => {
  it('reads what is there and leaves out what is not', () => {
    expect(read('limit=500')).toEqual({ limit: 500 });
    expect(read('name=12')).toEqual({ name: '12' });
    expect(read('')).toEqual({});
  });

  it.each(['0', '501', '1.5', '1e2', '0x10', ' 1', 'NaN', 'Infinity', '', '-1'])(
    'refuses limit=%s',
    (text) => {
      expect(mistakesOf(() => read(`limit=${text}`))).toMatchObject([{ parameter: 'limit' }]);
    },
  );

  it('names every mistake: unknown, repeated, wrong', () => {
    const mistakes = mistakesOf(() => read('limit=x&name=a&name=a&__proto__=1&toString=1'));
    expect(mistakes.map(({ parameter }) => parameter)).toEqual(['limit', 'name', '__proto__', 'toString']);
  });

  it('answers with problem details that point at the parameter', () => {
    const problem = new ParameterError([{ parameter: 'limit', detail: 'expected' }]).toProblem();
    expect(problem).toMatchObject({ status: 400, errors: [{ parameter: 'limit', detail: 'expected' }] });
  });
});

describe('readRobotId', () => {
  it('gives the id', () => {
    expect(readRobotId('robot_1')).toBe('robot_1');
  });

  it.each(['', '*', 'a.b', 'a>b', '_a', 'a\r\n', 'x'.repeat(65), undefined])('refuses %j', (text) => {
    expect(() => readRobotId(text)).toThrow(ParameterError);
  });
});
