import { ProblemError } from '@fleet/service-runtime';
import type { Application, RequestHandler } from 'express';
import { z } from 'zod';

import { openApiOf } from './openapi.ts';
import { pathParameter, readParameters } from './parameters.ts';
import type { Route, Scope } from './route.ts';
import { orUnavailable } from './unavailable.ts';

export interface RoutesParts {
  readonly routes: readonly Route[];
  readonly isStoreAway: () => boolean;
  /** Lets through who may. */
  readonly requireScope: (scope: Scope) => RequestHandler;
}

/** Serves the routes, and at `/openapi.json` their contract. For `createApi`. */
export const createRoutes =
  ({ routes, isStoreAway, requireScope }: RoutesParts) =>
  (app: Application): void => {
    for (const each of routes) {
      const { method, path, scope, query: schema, status = 200, cacheSeconds, isKnown } = each;
      app[method](path, requireScope(scope), async (request, response) => {
        const params = readParameters(z.record(z.string(), pathParameter), request.params);
        const query = readParameters(schema, request.query);
        const [id = ''] = Object.values(params);
        if (isKnown?.(id) === false) throw new ProblemError(404, 'there is nothing of this name');
        const answer = await orUnavailable(isStoreAway, () => each.serve({ id, query }));
        if (cacheSeconds !== undefined) {
          response.setHeader('Cache-Control', `private, max-age=${cacheSeconds}`);
        }
        response.status(status).json(answer);
      });
    }
    const document = openApiOf(routes);
    app.get('/openapi.json', (_request, response) => {
      response.set('Cache-Control', 'public, max-age=300').json(document);
    });
  };
