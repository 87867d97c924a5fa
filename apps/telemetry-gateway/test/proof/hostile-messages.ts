import fc from 'fast-check';

import { robotMessageSchema } from '@fleet/robot-protocol';

const deep = (open: string, close: string, depth: number, core: string): string =>
  `${open.repeat(depth)}${core}${close.repeat(depth)}`;

/** JSON that no `JSON.stringify` writes: names twice, `__proto__`, numbers beyond all bounds, halves of surrogate pairs. */
const nasty = fc.oneof(
  fc.constantFrom(
    '1e999',
    '-1e999',
    '1e-999',
    '-0',
    '1E400',
    '9007199254740993',
    '0.1e308',
    '01',
    '+1',
    '.5',
    'NaN',
  ),
  fc.constantFrom(
    '"\\ud800"',
    '"\\udfff x"',
    '"\\ud83d\\ude00"',
    '"\\u0000"',
    '"\\r\\nSET a b"',
    '"${jndi:x}"',
  ),
  fc.integer({ min: 1, max: 4000 }).map((depth) => deep('[', ']', depth, '1')),
  fc.integer({ min: 1, max: 4000 }).map((depth) => deep('{"a":', '}', depth, '1')),
  fc.json({ maxDepth: 4 }),
);

const name = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'a',
    'cpu_usage',
    'a.*',
    '>',
    'a b',
    '',
  ),
  fc.constantFrom('\\u005f_proto__', '\\ud800', '\\u0000', 'a\\r\\nb', 'x'.repeat(65)),
  fc.string({ maxLength: 10 }).map((text) => JSON.stringify(text).slice(1, -1)),
);

/** An object whose names may come more than once. */
const objectOf = (value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(name, value), { maxLength: 6 })
    .map((pairs) => `{${pairs.map(([key, each]) => `"${key}":${each}`).join(',')}}`);

const reading = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }).map(String), nasty);
const field = fc.oneof(
  fc.tuple(
    fc.constant('type'),
    fc.constantFrom('"telemetry"', '"telemetry_batch"', '"welcome"', 'null', '1e999'),
  ),
  fc.tuple(fc.constant('metrics'), fc.oneof(objectOf(reading), nasty)),
  fc.tuple(fc.constant('attributes'), fc.oneof(objectOf(nasty), nasty)),
  fc.tuple(fc.constant('recorded_at'), nasty),
  fc.tuple(fc.constant('__proto__'), fc.constant('{"type":"telemetry","metrics":{"a":1}}')),
  fc.tuple(name, nasty),
);

const telemetry = fc
  .array(field, { maxLength: 5 })
  .map((fields) => ['"type":"telemetry"', ...fields.map(([key, value]) => `"${key}":${value}`)])
  .chain((fields) => fc.shuffledSubarray(fields, { minLength: fields.length }))
  .map((fields) => `{${fields.join(',')}}`);

const good = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map((value) => JSON.stringify({ type: 'telemetry', metrics: { value } }));

const anything = fc.oneof(
  { weight: 5, arbitrary: telemetry },
  { weight: 2, arbitrary: nasty },
  { weight: 1, arbitrary: fc.string() },
  { weight: 1, arbitrary: good },
);

/** As many as wanted, the same for a seed. */
export const hostileMessages = (count: number, seed: number): string[] =>
  fc.sample(
    anything.filter((text) => Buffer.byteLength(text) < 60_000),
    { numRuns: count, seed },
  );

/** What the gateway has to say, by the schema alone: how many errors. Batches are left to their own tests. */
export const errorsExpected = (text: string): number => {
  try {
    return robotMessageSchema.safeParse(JSON.parse(text)).success ? 0 : 1;
  } catch {
    return 1;
  }
};
