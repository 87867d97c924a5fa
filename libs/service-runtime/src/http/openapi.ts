import { z } from 'zod';

/** A problem details object (RFC 9457), as every error is answered. */
export const problemSchema = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  request_id: z.string().optional(),
});

/** A zod schema as a contract has it: what is accepted (`input`) or answered. */
export const schemaOf = (schema: z.ZodType, io: 'input' | 'output' = 'output'): object => {
  const document = { ...z.toJSONSchema(schema, { io }) };
  delete document.$schema;
  return document;
};

/** The responses of an operation that are problems: by status, with what each means. */
export const problemResponses = (meanings: Readonly<Record<number, string>>): object =>
  Object.fromEntries(
    Object.entries(meanings).map(([status, description]) => [
      status,
      {
        description,
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );

export interface OpenApiParts {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  /** By path as express has it (`/robots/:robot_id`), and by method. */
  readonly paths: readonly (readonly [path: string, operations: object])[];
  readonly problem?: z.ZodType;
}

/** An OpenAPI 3.1 document of routes that may ask for a bearer token. */
export const openApiDocument = ({ info, paths, problem = problemSchema }: OpenApiParts): object => ({
  openapi: '3.1.0',
  info,
  paths: Object.fromEntries(paths.map(([path, operations]) => [path.replace(/:(\w+)/g, '{$1}'), operations])),
  components: {
    schemas: { Problem: schemaOf(problem) },
    securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
  },
  security: [{}, { bearer: [] }],
});
