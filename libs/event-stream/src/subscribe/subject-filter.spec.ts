import * as fc from 'fast-check';

import { intersect, matches } from './subject-filter.ts';

const token = fc.constantFrom('a', 'b', '*');
const filters = fc
  .tuple(fc.array(token, { maxLength: 3 }), fc.constantFrom('a', '*', '>'))
  .map(([tokens, last]) => [...tokens, last].join('.'));
const subjects = fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 4 }).map((t) => t.join('.'));

describe('subject filters', () => {
  it.each([
    ['charter.v1.>', 'charter.v1.telemetry.connection_closed.*', 'charter.v1.telemetry.connection_closed.*'],
    [
      'charter.v1.*.*.robot_1',
      'charter.v1.telemetry.data_received.*',
      'charter.v1.telemetry.data_received.robot_1',
    ],
    ['charter.dead.>', 'charter.dead.CHARTER_EVENTS.audit', 'charter.dead.CHARTER_EVENTS.audit'],
    ['charter.v1.metrics.>', 'charter.v1.telemetry.data_received.*', undefined],
    ['a.>', 'a', undefined],
    ['a.*', 'a.*.b', undefined],
  ])('%s and %s have in common %s', (one, other, both) => {
    expect(intersect(one, other)).toBe(both);
    expect(intersect(other, one)).toBe(both);
  });

  it('have in common exactly the subjects that match both', () => {
    fc.assert(
      fc.property(filters, filters, subjects, (one, other, subject) => {
        const both = intersect(one, other);
        const inBoth = matches(one, subject) && matches(other, subject);
        expect(both !== undefined && matches(both, subject)).toBe(inBoth);
      }),
      { numRuns: 2_000 },
    );
  });
});
