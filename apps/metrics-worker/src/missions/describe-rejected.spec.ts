import { describeRejected } from './describe-rejected.ts';

const describeFields = (fields: string[]): Record<string, unknown> =>
  JSON.parse(describeRejected({ entry: ['1-0', fields], reason: 'invalid_json' }, 5000)) as Record<
    string,
    unknown
  >;

describe('a rejected entry', () => {
  it('is kept as it is', () => {
    expect(describeFields(['data', '{'])).toEqual({
      id: '1-0',
      reason: 'invalid_json',
      fields: ['data', '{'],
      rejected_at: 5,
    });
  });

  it.each([
    ['long', ['data', 'x'.repeat(1_000_000)]],
    ['of many fields', Array.from({ length: 100_000 }, (_, index) => `field ${index}`)],
    ['of many empty fields', Array.from({ length: 100_000 }, () => '')],
  ])('is cut when it is %s', (_, fields) => {
    const described = describeFields(fields);
    expect(described).toMatchObject({ truncated: true });
    expect(JSON.stringify(described).length).toBeLessThan(20_000);
  });
});
