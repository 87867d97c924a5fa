import { openApiDocument, problemResponses, schemaOf } from '@fleet/service-runtime';
import type { z } from 'zod';

import { pathParameter } from './parameters.ts';
import type { Route } from './route.ts';

const errorTexts = {
  400: 'A parameter is wrong; `detail` names it',
  401: 'A bearer token is required',
  403: 'The token lacks the scope',
  404: 'Nothing is known of it',
  405: 'The resource does not know the method',
  500: 'A fault of the service',
  503: 'The store is away; try again after `Retry-After` seconds',
};

const errorAnswers = (canBeMissing: boolean): object => {
  const { 404: missing, ...others } = errorTexts;
  return problemResponses(canBeMissing ? { ...others, 404: missing } : others);
};

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
  const { path, operationId, summary, remark, scope, query, answer, status = 200, isKnown } = each;
  return {
    operationId,
    summary,
    description: [`Scope \`${scope}\`, where tokens are asked for.`, ...(remark ? [remark] : [])].join(' '),
    parameters: [...pathParametersOf(path), ...queryParametersOf(query)],
    responses: {
      [status]: {
        description: summary,
        content: { 'application/json': { schema: schemaOf(answer) } },
      },
      ...errorAnswers(isKnown !== undefined),
    },
  };
};

/** The contract of these routes, OpenAPI 3.1, from the same schemas that requests are read and answers typed by. */
export const openApiOf = (routes: readonly Route[]): object =>
  openApiDocument({
    info: {
      title: 'Fleet metrics worker',
      version: '1.0.0',
      description:
        'Metrics of missions, rollups of telemetry, and the jobs that make them. Times are Unix seconds.',
    },
    paths: routes.map((each) => [each.path, { [each.method]: operationOf(each) }]),
  });
