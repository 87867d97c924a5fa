import * as fc from 'fast-check';
import { z } from 'zod';

import { arbitraryOf, tamperedWith } from '../test/arbitrary-payload.ts';
import { catalogue, eventTypes } from './catalogue.ts';
import { compileCheck } from './compiled-check.ts';
import { readerSchemaOf } from './event-schema.ts';

const payloadsOf = (type: (typeof eventTypes)[number]) =>
  arbitraryOf(z.toJSONSchema(catalogue[type].payload, { io: 'input' }) as object) as fc.Arbitrary<object>;

/** Whether a record of readings or attributes has a key named `__proto__` with a value that none of them takes. */
const holdsBadProto = (value: object): boolean =>
  Object.entries(value).some(([key, inner]: [string, unknown]) => {
    if (typeof inner !== 'object' || inner === null) return false;
    if (key === 'payload') return holdsBadProto(inner);
    const bad = Object.getOwnPropertyDescriptor(inner, '__proto__')?.value as unknown;
    if (key === 'metrics')
      return Object.hasOwn(inner, '__proto__') && !(bad === null || Number.isFinite(bad));
    return (
      key === 'attributes' &&
      Object.hasOwn(inner, '__proto__') &&
      !(bad === null || Number.isFinite(bad) || ['string', 'boolean'].includes(typeof bad))
    );
  });

describe('compileCheck', () => {
  it.each(eventTypes)('takes every good payload of %s', (type) => {
    const check = compileCheck(catalogue[type].payload);
    fc.assert(
      fc.property(payloadsOf(type), (payload) => check(payload)),
      { numRuns: 60 },
    );
  });

  it.each(eventTypes)('says of tampered payloads of %s what zod says', (type) => {
    const schema = catalogue[type].payload;
    const check = compileCheck(schema);
    fc.assert(
      fc.property(tamperedWith(payloadsOf(type)), (payload) => {
        expect(check(payload)).toBe(schema.safeParse(payload).success && !holdsBadProto(payload));
      }),
      { numRuns: 300 },
    );
  });

  it.each(eventTypes)('says of tampered events of %s what zod says', (type) => {
    const schema = readerSchemaOf(type);
    const check = compileCheck(schema);
    const events = fc
      .record({ payload: fc.oneof(payloadsOf(type), tamperedWith(payloadsOf(type))), id: fc.uuid() })
      .map((parts) => ({ ...parts, type, source: 'a_b', target: null, timestamp: 1.5, meta: {} }));
    fc.assert(
      fc.property(tamperedWith(events), (event) => {
        expect(check(event)).toBe(schema.safeParse(event).success && !holdsBadProto(event));
      }),
      { numRuns: 300 },
    );
  });

  it('looks at a key named __proto__, which zod does not', () => {
    const check = compileCheck(z.record(z.string(), z.number()));
    expect(check(JSON.parse('{"__proto__": 1}'))).toBe(true);
    expect(check(JSON.parse('{"__proto__": "x"}'))).toBe(false);
  });

  it('counts the length of a string as zod does: a robot is one', () => {
    const schema = z.string().max(3);
    for (const text of ['🤖🤖🤖', '🤖🤖🤖🤖', 'abc', 'abcd']) {
      expect(compileCheck(schema)(text)).toBe(schema.safeParse(text).success);
    }
    expect(compileCheck(schema)('🤖🤖🤖')).toBe(true);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'takes %d for no number',
    (value) => {
      expect(compileCheck(z.number())(value)).toBe(false);
    },
  );
});
