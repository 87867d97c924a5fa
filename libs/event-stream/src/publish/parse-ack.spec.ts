import fc from 'fast-check';

import { createPlainAckReader, parseAck } from './parse-ack.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe('the reader of plain acknowledgements', () => {
  const read = createPlainAckReader('CHARTER_EVENTS');

  it.each([
    ['{"stream":"CHARTER_EVENTS","seq":17}', 17],
    ['{"stream":"CHARTER_EVENTS", "seq":9007199254740991}', 9_007_199_254_740_991],
  ])('gives the sequence of %s', (text, sequence) => {
    expect(read(bytes(text))).toBe(sequence);
  });

  it.each([
    '{"stream":"CHARTER_EVENTS","seq":17,"duplicate":true}',
    '{"stream":"CHARTER_EVENTS", "domain":"hub", "seq":17}',
    '{"stream":"CHARTER_EVENTS","seq":17',
    '{"stream":"CHARTER_EVENTS","seq":}',
    '{"stream":"CHARTER_OTHERS","seq":17}',
    '{"error":{"code":503}}',
    '{"stream":"CHARTER_EVENTS"',
    '',
  ])('leaves %s to the parser', (text) => {
    expect(read(bytes(text))).toBe(0);
  });

  it('agrees with the parser on whatever it reads', () => {
    const ack = fc.record({
      stream: fc.constantFrom('CHARTER_EVENTS', 'B'),
      seq: fc.nat(),
      extra: fc.option(fc.json()),
    });
    fc.assert(
      fc.property(ack, ({ stream, seq, extra }) => {
        const text = `{"stream":"${stream}", "seq":${seq}${extra === null ? '' : `,"extra":${extra}`}}`;
        const sequence = read(bytes(text));
        if (sequence === 0) return;
        expect(parseAck(bytes(text))).toEqual({ stream: 'CHARTER_EVENTS', sequence, duplicate: false });
      }),
    );
  });
});

describe('the parser of acknowledgements', () => {
  it('reads a duplicate', () => {
    expect(parseAck(bytes('{"stream":"X","seq":3,"domain":"hub","duplicate":true}'))).toEqual({
      stream: 'X',
      sequence: 3,
      duplicate: true,
    });
  });

  it('reads a refusal', () => {
    const refusal = '{"error":{"code":400,"err_code":10054,"description":"too big"},"stream":"X","seq":0}';
    expect(parseAck(bytes(refusal))).toEqual({
      error: { code: 400, errCode: 10054, description: 'too big' },
    });
  });

  it.each(['', 'no', 'null', '[]', '{"stream":1}', '{"stream":"X"}'])('takes %j for a refusal', (text) => {
    expect(parseAck(bytes(text))).toHaveProperty('error');
  });
});
