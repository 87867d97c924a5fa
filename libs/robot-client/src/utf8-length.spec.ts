import fc from 'fast-check';

import { utf8Length } from './utf8-length.ts';

describe('utf8Length', () => {
  it('counts as an encoder does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(utf8Length(text)).toBe(Buffer.byteLength(text));
      }),
    );
  });

  it('counts a lone surrogate as its replacement', () => {
    expect(utf8Length('a\ud800b\udc00')).toBe(Buffer.byteLength('a\ud800b\udc00'));
  });
});
