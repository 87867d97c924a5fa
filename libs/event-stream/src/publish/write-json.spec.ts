import fc from 'fast-check';

import { FrameBytes } from './frame-bytes.ts';
import { writeJson } from './write-json.ts';

/** Writes with so much room at first, more in small steps, and other bytes all around. */
const written = (value: unknown, room = 0): string => {
  let bytes = Buffer.alloc(room + 5, '#');
  let from = 5;
  const frame: FrameBytes = new FrameBytes((count) => {
    const { length } = frame;
    const next = Buffer.alloc(length + count + 10, '#');
    bytes.copy(next, 7, from, from + length);
    bytes = next;
    from = 7;
    return { bytes, at: from + length };
  });
  frame.begin({ bytes, at: from });
  writeJson(frame, value);
  expect(bytes.toString('latin1', 0, from)).toBe('#'.repeat(from));
  return bytes.toString('utf8', from, from + frame.length);
};

const decimals = fc
  .tuple(fc.integer({ min: -(10 ** 10), max: 10 ** 10 }), fc.integer({ min: 0, max: 9 }))
  .map(([digits, places]) => digits / 10 ** places);
const numbers = fc.oneof(decimals, fc.double(), fc.integer(), fc.maxSafeInteger());
const strings = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
);
const { value: values } = fc.letrec((again) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    numbers,
    strings,
    fc.boolean(),
    fc.constant(null),
    fc.array(again('value'), { maxLength: 4 }),
    fc.dictionary(strings, fc.oneof(again('value'), fc.constant(undefined)), { maxKeys: 6 }),
    fc.dictionary(strings, numbers, { maxKeys: 20 }),
  ),
}));

describe('what is written of plain data', () => {
  it('is what JSON.stringify makes of it, wherever it has to move', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 300 }), (value, room) => {
        expect(written(value, room)).toBe(JSON.stringify(value));
      }),
      { numRuns: 5_000 },
    );
  });

  it('is so for numbers of all sizes', () => {
    fc.assert(
      fc.property(numbers, (value) => {
        expect(written(value)).toBe(JSON.stringify(value));
      }),
      { numRuns: 20_000 },
    );
  });

  it.each([
    0,
    -0,
    1e-6,
    1e-7,
    0.1 + 0.2,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 31 - 0.5,
    -2147483647.999999,
    1703001234.567891,
    999999.9999995,
    5e-324,
    1e21,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '\ud800',
    'a\u2028"\\\u0000',
    'x'.repeat(1_000),
    '',
  ])('is so for %p', (value) => {
    expect(written(value)).toBe(JSON.stringify(value));
    expect(written({ value })).toBe(JSON.stringify({ value }));
  });
});
