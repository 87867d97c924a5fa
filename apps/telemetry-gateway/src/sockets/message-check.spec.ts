import fc from 'fast-check';

import { robotMessageSchema } from '@fleet/robot-protocol';

import { createMessageCheck } from './message-check.ts';

const check = createMessageCheck();

const name = fc.oneof(fc.constantFrom('a', 'cpu_usage', '__proto__', 'x y', '1a', ''), fc.string());
const sampleLike = fc.record(
  {
    seq: fc.oneof(fc.integer({ min: -2, max: 10 }), fc.double(), fc.constant(2 ** 53)),
    recorded_at: fc.oneof(fc.double(), fc.string()),
    metrics: fc.oneof(
      fc.dictionary(name, fc.oneof(fc.double(), fc.constant(null), fc.string())),
      fc.jsonValue(),
    ),
    attributes: fc.oneof(fc.dictionary(name, fc.jsonValue()), fc.jsonValue()),
    extra: fc.jsonValue(),
  },
  { requiredKeys: ['metrics'] },
);
const messageLike = fc.oneof(
  sampleLike.map((sample) => ({ type: 'telemetry', ...sample })),
  fc.array(sampleLike, { maxLength: 4 }).map((samples) => ({ type: 'telemetry_batch', samples })),
  fc.record({ type: fc.constantFrom('telemetry', 'telemetry_batch', 'telepathy'), samples: fc.jsonValue() }),
  fc.jsonValue(),
);

describe('the check of a message', () => {
  it('agrees with the schema it was compiled from', () => {
    fc.assert(
      fc.property(messageLike, (message) => {
        const text = JSON.stringify(message);
        const { samples, refused } = check(text);
        const parsed = robotMessageSchema.safeParse(JSON.parse(text));
        expect(refused.length === 0).toBe(parsed.success);
        if (!parsed.success) return;
        const expected = parsed.data.type === 'telemetry' ? [parsed.data] : parsed.data.samples;
        expect(samples.map((sample) => sample.metrics)).toEqual(expected.map((sample) => sample.metrics));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes the good samples of a batch and names the place of each bad one', () => {
    const samples = [
      { seq: 1, metrics: { a: 1 } },
      { seq: 2, metrics: { a: 'x' } },
      { seq: 3, metrics: { a: 3 } },
      7,
    ];
    const checked = check(JSON.stringify({ type: 'telemetry_batch', samples }));
    expect(checked.samples.map((sample) => sample.seq)).toEqual([1, 3]);
    expect(checked.refused).toMatchObject([
      { code: 'invalid_message', path: 'samples[1].metrics.a', seq: 2 },
      { code: 'invalid_message', path: 'samples[3]' },
    ]);
  });

  it('explains some refusals of a message and settles all of them', () => {
    const samples = Array.from({ length: 20 }, (_, index) => ({ seq: index + 1, metrics: {} }));
    const { refused } = check(JSON.stringify({ type: 'telemetry_batch', samples }));
    expect(refused.map((each) => each.seq)).toEqual(samples.map((sample) => sample.seq));
    expect(refused[19]).toMatchObject({ code: 'invalid_message', path: 'samples[19]' });
  });

  it.each([
    ['{', 'invalid_json', undefined],
    ['"telemetry"', 'invalid_message', undefined],
    ['{"type":"telepathy","seq":4}', 'unknown_type', 4],
    ['{"type":"telemetry","seq":4,"metrics":{"a":1e999}}', 'invalid_message', 4],
    ['{"type":"telemetry","seq":-4,"metrics":{"a":[]}}', 'invalid_message', undefined],
    ['{"type":"telemetry","metrics":{"__proto__":1}}', 'invalid_message', undefined],
    [`${'['.repeat(30_000)}${']'.repeat(30_000)}`, 'invalid_message', undefined],
    [
      `{"type":"telemetry","metrics":{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}}`,
      'invalid_message',
      undefined,
    ],
  ])('refuses %.50s', (text, code, seq) => {
    const { samples, refused } = check(text);
    expect(samples).toEqual([]);
    expect(refused.map((each) => [each.code, each.seq])).toEqual([[code, seq]]);
  });

  it('takes the last of two equal keys, as JSON.parse does', () => {
    const { samples } = check('{"type":"telemetry","metrics":{"a":1,"a":2}}');
    expect(samples).toMatchObject([{ metrics: { a: 2 } }]);
  });
});
