import { robotIdPattern } from '@fleet/robot-protocol';
import { openApiDocument, problemResponses, schemaOf } from '@fleet/service-runtime';
import { problemAnswer } from './answers.ts';
import type { Route } from './route.ts';

const errorTexts = {
  400: 'A parameter is wrong; `errors` names it',
  401: 'A bearer token is required',
  403: 'The token lacks the scope `telemetry:read`',
  404: 'Nothing is known of it',
  405: 'Only GET and HEAD',
  426: 'Not an upgrade to a WebSocket',
  429: 'Too many connections from this address; try again after `Retry-After` seconds',
  500: 'A fault of the service',
  503: 'The store is away; try again after `Retry-After` seconds',
};

const errorAnswers = (statuses: readonly (keyof typeof errorTexts)[]): object =>
  problemResponses(Object.fromEntries(statuses.map((status) => [status, errorTexts[status]])));

const robotIdParameter = {
  name: 'robot_id',
  in: 'path',
  required: true,
  schema: { type: 'string', pattern: robotIdPattern.source },
};

/** Where robots connect; what is said then is no HTTP, and no part of this contract. */
const robotsDoorOperation = {
  operationId: 'connectRobot',
  summary: 'A robot connects, with a WebSocket',
  parameters: [robotIdParameter],
  responses: {
    101: { description: 'The connection is open' },
    ...errorAnswers([400, 401, 403, 405, 426, 429, 503]),
  },
};

const operationOf = ({ path, operationId, summary, query, answer, errors }: Route): object => ({
  operationId,
  summary,
  parameters: [
    ...(path.includes(':robot_id') ? [robotIdParameter] : []),
    ...Object.entries(query).map(([name, { schema, description }]) => ({
      ...{ name, in: 'query', required: false, description, schema: schemaOf(schema) },
    })),
  ],
  responses: {
    200: { description: summary, content: { 'application/json': { schema: schemaOf(answer) } } },
    ...errorAnswers([400, 401, 403, 405, 500, ...errors]),
  },
});

/** The contract of these routes, OpenAPI 3.1, from the same schemas that the answers are typed by. */
export const openApiOf = (routes: readonly Route[], info: { version: string }): object =>
  openApiDocument({
    info: {
      title: 'Fleet telemetry gateway',
      version: info.version,
      description: 'Presence and readings of a fleet of robots. Times are Unix seconds.',
    },
    paths: [
      ...routes.map((each) => [each.path, { get: operationOf(each) }] as const),
      ['/ws/:robot_id', { get: robotsDoorOperation }],
    ],
    problem: problemAnswer,
  });
