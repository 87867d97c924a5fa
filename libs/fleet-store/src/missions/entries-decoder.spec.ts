import fc from 'fast-check';

import { createEntriesDecoder, UnexpectedReplyError } from './entries-decoder.ts';

const bulk = (text: string): string => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;

const encode = (entries: readonly [string, string[]][]): Buffer =>
  Buffer.from(
    `*${entries.length}\r\n` +
      entries
        .map(([id, fields]) => `*2\r\n${bulk(id)}*${fields.length}\r\n${fields.map(bulk).join('')}`)
        .join(''),
  );

const texts = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', '\r\n', '$5\r\n', 'grüß'),
);

describe('the decoder', () => {
  it('decodes what a server would send, wherever it is cut', () => {
    const entries = fc.array(fc.tuple(fc.constant('1-1'), fc.array(texts, { maxLength: 4 })), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(entries, fc.integer({ min: 1, max: 7 }), (list, size) => {
        const reply = encode(list);
        const decoder = createEntriesDecoder();
        // Twice, as a connection is used again.
        for (let time = 0; time < 2; time += 1) {
          let decoded: unknown;
          for (let from = 0; from < reply.length; from += size) {
            expect(decoded).toBeUndefined();
            decoded = decoder(reply.subarray(from, from + size));
          }
          expect(decoded).toEqual(list);
        }
      }),
    );
  });

  it('refuses an error', () => {
    expect(() => createEntriesDecoder()(Buffer.from('-WRONGTYPE no\r\n'))).toThrow(UnexpectedReplyError);
  });
});
