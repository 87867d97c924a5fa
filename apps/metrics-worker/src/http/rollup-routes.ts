import { isEntityId } from '@fleet/event-envelope';
import { ProblemError } from '@fleet/service-runtime';
import type { Application, Request, RequestHandler } from 'express';

import { reportFleetRollup } from '../rollups/fleet-report.ts';
import { reportRobotRollup, type RollupReportParts } from '../rollups/rollup-report.ts';
import { queryDuration, queryText } from './query.ts';
import { orUnavailable } from './unavailable.ts';

export interface RollupRoutesParts {
  readonly reports: RollupReportParts;
  readonly isStoreAway: () => boolean;
  readonly canRead: RequestHandler;
}

const windows = { fallback: '1h', min: '1m', max: '30d' };
const metricName = /^[A-Za-z][A-Za-z0-9_.]{0,63}$/;
const maxPoints = 2000;
const day = 86_400;

const cacheControl = 'private, max-age=5';

export const addRollupRoutes = (
  app: Application,
  { reports, isStoreAway, canRead }: RollupRoutesParts,
): void => {
  app.get('/robots/:id/metrics/rollup', canRead, async (request, response) => {
    const robotId = request.params['id'];
    if (!isEntityId(robotId)) throw new ProblemError(400, 'id: expected the id of a robot');
    const metric = queryMetric(request);
    const windowSeconds = queryDuration(request, 'window', windows);
    const stepSeconds = queryDuration(request, 'step', {
      fallback: windowSeconds > day ? '1h' : '1m',
      min: '1m',
      max: '30d',
    });
    if (windowSeconds > day && stepSeconds % 3600 !== 0) {
      throw new ProblemError(400, 'step: expected whole hours in a window of more than a day');
    }
    if (windowSeconds / stepSeconds > maxPoints) {
      throw new ProblemError(400, `step: expected at most ${maxPoints} steps in a window`);
    }
    const rollup = await orUnavailable(isStoreAway, () =>
      reportRobotRollup(reports, { robotId, metric, windowSeconds, stepSeconds }),
    );
    response.setHeader('Cache-Control', cacheControl);
    response.json({ robot_id: robotId, metric, window_seconds: windowSeconds, ...rollup });
  });

  app.get('/fleet/metrics/rollup', canRead, async (request, response) => {
    const metric = queryMetric(request);
    const windowSeconds = queryDuration(request, 'window', windows);
    const rollup = await orUnavailable(isStoreAway, () =>
      reportFleetRollup(reports, { metric, windowSeconds }),
    );
    response.setHeader('Cache-Control', cacheControl);
    response.json({ metric, window_seconds: windowSeconds, ...rollup });
  });
};

const queryMetric = (request: Request): string => {
  const metric = queryText(request, 'metric');
  if (metric === undefined || !metricName.test(metric)) {
    throw new ProblemError(400, 'metric: expected the name of a metric, like battery_level');
  }
  return metric;
};
