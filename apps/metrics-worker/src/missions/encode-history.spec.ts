import fc from 'fast-check';

import { decodeHistory, encodeHistory } from './encode-history.ts';
import { happenings } from './happenings.fixture.ts';
import { addToHistory } from './mission-history.ts';

it('decodes what it encoded', () => {
  fc.assert(
    fc.property(happenings, (list) => {
      const history = addToHistory([], list);
      expect(decodeHistory(encodeHistory(history))).toEqual(history);
    }),
  );
});

it('refuses what it did not encode', () => {
  expect(() => decodeHistory('9-abc;')).toThrow(TypeError);
});
