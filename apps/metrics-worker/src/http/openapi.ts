import { z } from 'zod';

import { problemAnswer } from './answers.ts';
import { pathParameter } from './parameters.ts';
import type { Route } from './route.ts';

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): object => {
  const document = { ...z.toJSONSchema(schema, { io }) };
  delete document.$schema;
  return document;
};

const errorTexts = {
  400: 'A parameter is wrong; `detail` names it',
  401: 'A bearer token is required',
  403: 'The token lacks the scope',
  404: 'Nothing is known of it',
  405: 'The resource does not know the method',
  500: 'A fault of the service',
  503: 'The store is away; try again after `Retry-After` seconds',
};

const problem = {
  'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
};

const errorAnswers = (canBeMissing: boolean): object =>
  Object.fromEntries(
    Object.entries(errorTexts)
      .filter(([status]) => status !== '404' || canBeMissing)
      .map(([status, description]) => [status, { description, content: problem }]),
  );

const pathParametersOf = (path: string): object[] =>
  [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    ...{ name, in: 'path', required: true, schema: schemaOf(pathParameter, 'input') },
  }));

const queryParametersOf = (query: z.ZodObject): object[] =>
  Object.entries(query.shape as Record<string, z.ZodType>).map(([name, each]) => {
    const schema = schemaOf(each, 'input');
    return { name, in: 'query', required: !each.safeParse(undefined).success, schema };
  });

const operationOf = (each: Route): object => {
  const { path, operationId, summary, scope, query, answer, status = 200, isKnown } = each;
  return {
    operationId,
    summary,
    description: `Scope \`${scope}\`, where tokens are asked for.`,
    parameters: [...pathParametersOf(path), ...queryParametersOf(query)],
    responses: {
      [status]: {
        description: summary,
        content: { 'application/json': { schema: schemaOf(answer, 'output') } },
      },
      ...errorAnswers(isKnown !== undefined),
    },
  };
};

/** The contract of these routes, OpenAPI 3.1, from the same schemas that requests are read and answers typed by. */
export const openApiOf = (routes: readonly Route[]): object => ({
  openapi: '3.1.0',
  info: {
    title: 'Fleet metrics worker',
    version: '1.0.0',
    description:
      'Metrics of missions, rollups of telemetry, and the jobs that make them. Times are Unix seconds.',
  },
  paths: Object.fromEntries(
    routes.map((each) => [each.path.replace(/:(\w+)/g, '{$1}'), { [each.method]: operationOf(each) }]),
  ),
  components: {
    schemas: { Problem: schemaOf(problemAnswer, 'output') },
    securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
  },
  security: [{}, { bearer: [] }],
});
