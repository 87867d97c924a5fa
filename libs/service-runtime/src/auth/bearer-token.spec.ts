import { bearerTokenOf } from './bearer-token.ts';

describe('bearerTokenOf', () => {
  it('finds the token', () => {
    expect(bearerTokenOf('Bearer abc.def-_~+/==')).toBe('abc.def-_~+/==');
    expect(bearerTokenOf('bearer  abc ')).toBe('abc');
  });

  it.each([undefined, '', 'Bearer', 'Bearer ', 'Basic abc', 'Bearer a b', 'Bearer a,b', 'xBearer abc'])(
    'finds none in %j',
    (header) => {
      expect(bearerTokenOf(header)).toBeUndefined();
    },
  );
});
