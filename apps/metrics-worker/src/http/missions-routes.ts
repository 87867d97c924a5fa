import { ProblemError } from '@fleet/service-runtime';
import type { Application, RequestHandler } from 'express';

import { reportWindow, type ReportParts } from '../missions/mission-report.ts';
import { reportSeries } from '../missions/mission-series.ts';
import { queryDuration } from './query.ts';
import { orUnavailable } from './unavailable.ts';

export interface MissionsRoutesParts {
  readonly reports: ReportParts;
  readonly isStoreAway: () => boolean;
  /** Lets readers through. */
  readonly canRead: RequestHandler;
}

const windows = { fallback: '1h', min: '1m', max: '365d' };
const maxPoints = 2000;

/** Numbers change with each run; a few seconds of caching spare a dashboard's many viewers. */
const cacheControl = 'private, max-age=2';

export const addMissionsRoutes = (
  app: Application,
  { reports, isStoreAway, canRead }: MissionsRoutesParts,
): void => {
  app.get('/missions/metrics', canRead, async (request, response) => {
    const seconds = queryDuration(request, 'window', windows);
    const report = await orUnavailable(isStoreAway, () => reportWindow(reports, seconds));
    response.setHeader('Cache-Control', cacheControl);
    response.json({ window_seconds: seconds, ...report });
  });

  app.get('/missions/metrics/series', canRead, async (request, response) => {
    const seconds = queryDuration(request, 'window', windows);
    const step = queryDuration(request, 'step', { fallback: defaultStep(seconds), min: '1m', max: '365d' });
    if (seconds / step > maxPoints) {
      throw new ProblemError(
        400,
        `step: expected at most ${maxPoints} steps in a window, got ${Math.ceil(seconds / step)}`,
      );
    }
    const series = await orUnavailable(isStoreAway, () => reportSeries(reports, seconds, step));
    response.setHeader('Cache-Control', cacheControl);
    response.json({ window_seconds: seconds, ...series });
  });
};

/** About a hundred points, at the finest that is kept for that long. */
const defaultStep = (windowSeconds: number): string => {
  if (windowSeconds <= 7200) return '1m';
  if (windowSeconds <= 86_400) return '15m';
  return windowSeconds <= 30 * 86_400 ? '6h' : '1d';
};
