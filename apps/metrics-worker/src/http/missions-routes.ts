import { z } from 'zod';

import { reportWindow, type ReportParts } from '../missions/mission-report.ts';
import { reportSeries } from '../missions/mission-series.ts';
import { seriesAnswer, windowAnswer } from './answers.ts';
import { duration, expectFewSteps } from './parameters.ts';
import { route, type Route } from './route.ts';

const window = duration({ min: '1m', max: '365d' }).prefault('1h');

/** Numbers change with each run; a few seconds of caching spare a dashboard's many viewers. */
const cacheSeconds = 2;

export const missionsRoutes = (reports: ReportParts): Route[] => [
  route({
    method: 'get',
    path: '/missions/metrics',
    operationId: 'getMissionMetrics',
    summary: 'What became of missions in the window that ends now',
    scope: 'telemetry:read',
    query: z.strictObject({ window }),
    answer: windowAnswer,
    cacheSeconds,
    serve: async ({ query: { window: seconds } }) => ({
      window_seconds: seconds,
      ...(await reportWindow(reports, seconds)),
    }),
  }),
  route({
    method: 'get',
    path: '/missions/metrics/series',
    operationId: 'getMissionSeries',
    summary: 'The same step by step, for plotting',
    scope: 'telemetry:read',
    query: z
      .strictObject({ window, step: duration({ min: '1m', max: '365d' }).optional() })
      .superRefine(({ window: seconds, step = defaultStep(seconds) }, context) =>
        expectFewSteps(seconds, step, context),
      ),
    answer: seriesAnswer,
    cacheSeconds,
    serve: async ({ query: { window: seconds, step = defaultStep(seconds) } }) => ({
      window_seconds: seconds,
      ...(await reportSeries(reports, seconds, step)),
    }),
  }),
];

/** About a hundred points, at the finest that is kept for that long. Seconds. */
const defaultStep = (windowSeconds: number): number => {
  if (windowSeconds <= 7200) return 60;
  if (windowSeconds <= 86_400) return 900;
  return windowSeconds <= 30 * 86_400 ? 6 * 3600 : 86_400;
};
