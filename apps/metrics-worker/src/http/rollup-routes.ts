import { z } from 'zod';

import { maxFleetBuckets, maxFleetRobots, reportFleetRollup } from '../rollups/fleet-report.ts';
import { reportRobotRollup, type RollupReportParts } from '../rollups/rollup-report.ts';
import { fleetRollupAnswer, robotRollupAnswer } from './answers.ts';
import { duration, expectFewSteps, metricName } from './parameters.ts';
import { route, type Route } from './route.ts';

const window = duration({ min: '1m', max: '30d' }).prefault('1h');
const day = 86_400;
const cacheSeconds = 5;

/** The finest that is kept for so long. Seconds. */
const defaultStep = (windowSeconds: number): number => (windowSeconds > day ? 3600 : 60);

export const rollupRoutes = (reports: RollupReportParts): Route[] => [
  route({
    method: 'get',
    path: '/robots/:robot_id/metrics/rollup',
    operationId: 'getRobotRollup',
    summary: 'A metric of a robot, step by step',
    scope: 'telemetry:read',
    query: z
      .strictObject({ metric: metricName, window, step: duration({ min: '1m', max: '30d' }).optional() })
      .superRefine(({ window: seconds, step = defaultStep(seconds) }, context) => {
        expectFewSteps(seconds, step, context);
        if (seconds <= day || step % 3600 === 0) return;
        const message = 'expected whole hours in a window of more than a day';
        context.addIssue({ code: 'custom', path: ['step'], message });
      }),
    answer: robotRollupAnswer,
    cacheSeconds,
    async serve({ id: robotId, query: { metric, window: windowSeconds, step } }) {
      const stepSeconds = step ?? defaultStep(windowSeconds);
      const rollup = await reportRobotRollup(reports, { robotId, metric, windowSeconds, stepSeconds });
      return { robot_id: robotId, metric, window_seconds: windowSeconds, ...rollup };
    },
  }),
  route({
    method: 'get',
    path: '/fleet/metrics/rollup',
    operationId: 'getFleetRollup',
    summary: 'How a metric is spread over the robots of the fleet',
    remark: `Of at most ${maxFleetRobots} robots. More than ${maxFleetBuckets} buckets, robots times minutes (up to two hours) or hours, are a 400.`,
    scope: 'telemetry:read',
    query: z.strictObject({ metric: metricName, window }),
    answer: fleetRollupAnswer,
    cacheSeconds,
    serve: async ({ query: { metric, window: windowSeconds } }) => ({
      metric,
      window_seconds: windowSeconds,
      ...(await reportFleetRollup(reports, { metric, windowSeconds })),
    }),
  }),
];
