import * as fc from 'fast-check';

/** What `z.toJSONSchema` writes for the catalogue's payloads. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
}

const finite = { noNaN: true, noDefaultInfinity: true };

const stringOf = (schema: Schema): fc.Arbitrary<unknown> => {
  if (schema.pattern !== undefined) return fc.stringMatching(new RegExp(schema.pattern));
  const { minLength = 0, maxLength = 40 } = schema;
  return fc.string({ unit: 'grapheme-ascii', minLength, maxLength: Math.min(maxLength, 40) });
};

const objectOf = (schema: Schema): fc.Arbitrary<unknown> => {
  if (schema.properties === undefined) {
    return fc.dictionary(
      fc.string({ minLength: 1, maxLength: 8 }),
      arbitraryOf(schema.additionalProperties as Schema),
    );
  }
  const fields = Object.entries(schema.properties).map(([key, field]) => [key, arbitraryOf(field)]);
  return fc.record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys: [...(schema.required ?? [])],
  });
};

/** Values that satisfy a JSON Schema of the catalogue. */
export const arbitraryOf = (schema: Schema): fc.Arbitrary<unknown> => {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(arbitraryOf));
  const { type } = schema;
  if (typeof type === 'object')
    return fc.oneof(...type.map((each) => arbitraryOf({ ...schema, type: each })));
  switch (type) {
    case 'integer':
      return fc.integer({ min: Math.max(schema.minimum ?? 0, (schema.exclusiveMinimum ?? -1) + 1) });
    case 'number':
      return fc.double({ ...finite, min: schema.minimum ?? -1e12, max: schema.maximum ?? 1e12 });
    case 'string':
      return stringOf(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'object':
      return objectOf(schema);
    default:
      throw new Error(`no values for ${JSON.stringify(schema)}`);
  }
};

const nasty = fc.constantFrom<unknown>(
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  -1,
  0,
  1.5,
  2 ** 53,
  '',
  ' ',
  'robot 1',
  'robot.1',
  'a'.repeat(2000),
  // 600 characters as people count them and 1200 as JavaScript does.
  '🤖'.repeat(600),
  null,
  undefined,
  true,
  [],
  {},
  { x: Number.NaN },
);

const nastyKey = fc.constantFrom('extra', '__proto__', 'constructor', 'toString', 'robot_id', 'metrics', '');

const withKey = (target: object, key: string, value: unknown): object => {
  const copy = { ...target };
  // An assignment to `__proto__` would set the prototype; JSON.parse makes it a field like any other.
  Object.defineProperty(copy, key, { value, enumerable: true, configurable: true, writable: true });
  return copy;
};

/** Objects with one thing changed: a field replaced, removed or added, here or one level down. Some are still valid. */
export const tamperedWith = (objects: fc.Arbitrary<object>): fc.Arbitrary<object> =>
  fc
    .record({
      object: objects,
      pick: fc.nat(),
      key: nastyKey,
      value: nasty,
      act: fc.integer({ min: 0, max: 3 }),
    })
    .map(({ object, pick, key, value, act }) => {
      const keys = Object.keys(object);
      const chosen = keys[pick % Math.max(1, keys.length)] ?? key;
      if (act === 0) return withKey(object, chosen, value);
      if (act === 1) return withKey(object, key, value);
      if (act === 2) return Object.fromEntries(Object.entries(object).filter(([name]) => name !== chosen));
      const inner: unknown = (object as Record<string, unknown>)[chosen];
      return typeof inner === 'object' && inner !== null
        ? withKey(object, chosen, withKey(inner, key, value))
        : withKey(object, chosen, value);
    });
