import { Ajv2020 } from 'ajv/dist/2020.js';
import { z } from 'zod';

/**
 * Compiles a zod schema into a plain function that says yes or no, about fifteen times faster than the schema itself
 * says it. The schema stays the only source: whoever gets a no asks the schema for the reason. The two differ in
 * one thing: zod's records do not look at a key named `__proto__`, the compiled check does.
 * Schemas with transformations or defaults are checked as their input.
 */
export const compileCheck = (schema: z.ZodType): ((value: unknown) => boolean) => {
  // Formats are left out: zod writes every format it checks as a pattern too.
  const ajv = new Ajv2020({ strict: false, strictNumbers: true, validateFormats: false });
  const validate = ajv.compile(z.toJSONSchema(schema, { io: 'input' }));
  return (value) => validate(value);
};
