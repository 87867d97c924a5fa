import fc from 'fast-check';

import { createSampleIds } from './sample-id.ts';

describe('the id of a sample', () => {
  it('is a UUID of version 5', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 130 }),
        fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        (scope, seq) => {
          expect(createSampleIds(scope)(seq)).toMatch(
            /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
          );
        },
      ),
    );
  });

  it('is the same for the same sample, whoever computes it, and another for any other', () => {
    const ids = createSampleIds('robot/session');
    const first = ids(100);
    expect(ids(1)).not.toBe(first);
    expect(createSampleIds('robot/session')(100)).toBe(first);
    expect(createSampleIds('robot/other')(100)).not.toBe(first);
    expect(new Set(Array.from({ length: 1000 }, (_, seq) => ids(seq + 1))).size).toBe(1000);
  });
});
