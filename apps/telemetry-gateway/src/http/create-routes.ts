import type { Application } from 'express';
import { infoRoute, type InfoParts } from './info-route.ts';
import { metricsRoutes, type MetricsRoutesParts } from './metrics-routes.ts';
import { openApiOf } from './openapi.ts';
import { readQuery, readRobotId } from './parameters.ts';
import { addRobotsDoor } from './robots-door.ts';
import { robotRoutes, type RobotRoutesParts } from './robot-routes.ts';

export type GatewayRoutesParts = RobotRoutesParts & MetricsRoutesParts & InfoParts;

/** The gateway's queries, for `createApi`: robots, their readings, this instance, and the contract of all that. */
export const createRoutes =
  (parts: GatewayRoutesParts) =>
  (app: Application): void => {
    const routes = [...robotRoutes(parts), ...metricsRoutes(parts), infoRoute(parts)];
    for (const { path, query: parameters, serve } of routes) {
      app.get(path, async (request, response) => {
        const { searchParams } = new URL(request.originalUrl, 'http://gateway');
        const query = readQuery(searchParams, parameters);
        const robotId = path.includes(':robot_id') ? readRobotId(request.params['robot_id']) : '';
        response.json(await serve({ robotId, query }));
      });
    }
    addRobotsDoor(app);
    const document = openApiOf(routes, parts.info);
    app.get('/openapi.json', (_request, response) => {
      response.set('Cache-Control', 'public, max-age=300').json(document);
    });
  };
