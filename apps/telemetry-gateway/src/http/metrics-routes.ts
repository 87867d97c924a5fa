import type { EventStream } from '@fleet/event-stream';
import { isNewer, readHistory, readLatest, type FleetRedis, type Reading } from '@fleet/fleet-store';
import { isMetricName } from '@fleet/robot-protocol';
import { z } from 'zod';
import type { PresenceKeeper } from '../presence/index.ts';
import { historyAnswer, metricsAnswer } from './answers.ts';
import { ParameterError, type QueryParameter } from './parameters.ts';
import { noReadings, storeAway, unknownRobot } from './robot-problems.ts';
import { route, type Route } from './route.ts';
import { toMetrics, toSample } from './to-answers.ts';

export interface MetricsRoutesParts {
  redis: FleetRedis;
  presence: Pick<PresenceKeeper, 'presenceOf'>;
  eventStream: Pick<EventStream, 'emit'>;
  /** The newest reading of a robot that is connected here. */
  localLatest: (robotId: string) => Reading | undefined;
  /** Emit `metrics_published` for each query. */
  publishQueries: boolean;
  staleAfterSeconds: number;
}

const instant: QueryParameter<number> = { schema: z.number(), kind: 'number', description: 'Unix seconds' };
const limit: QueryParameter<number> = {
  schema: z.int().min(1).max(1000),
  kind: 'number',
  description: 'a whole number from 1 to 1000',
};
const metric: QueryParameter<string> = {
  schema: z.string().refine(isMetricName),
  kind: 'text',
  description: 'the name of a metric',
};

/** More than any robot's history holds unless it is set much larger than usual. */
const scanLimit = 10_000;

/** What robots report. */
export const metricsRoutes = (parts: MetricsRoutesParts): Route[] => {
  const { redis, presence, eventStream, localLatest, publishQueries, staleAfterSeconds } = parts;

  async function latestOf(robotId: string): Promise<Reading | undefined> {
    const local = localLatest(robotId);
    try {
      const stored = await readLatest(redis, robotId);
      if (local === undefined || stored === undefined) return local ?? stored;
      return isNewer(stored, local) ? stored : local;
    } catch (error) {
      if (local === undefined) throw storeAway(error);
      return local;
    }
  }

  async function mustBeKnown(robotId: string): Promise<void> {
    const known = await presence.presenceOf(robotId).catch((error: unknown) => {
      throw storeAway(error);
    });
    if (known === undefined) throw unknownRobot();
  }

  return [
    route({
      path: '/robots/:robot_id/metrics',
      operationId: 'getMetrics',
      summary: "A robot's newest readings",
      query: {},
      answer: metricsAnswer,
      errors: [404, 503],
      async serve({ robotId }) {
        const reading = await latestOf(robotId);
        if (reading === undefined) {
          await mustBeKnown(robotId);
          throw noReadings();
        }
        const now = Date.now() / 1000;
        if (publishQueries) {
          const payload = { robot_id: robotId, metrics: { ...reading.metrics }, published_at: now };
          eventStream.emit('telemetry.metrics_published', payload);
        }
        return toMetrics(robotId, reading, now, staleAfterSeconds);
      },
    }),
    route({
      path: '/robots/:robot_id/metrics/history',
      operationId: 'getMetricsHistory',
      summary: "A robot's readings by the time they were recorded, newest first",
      query: { from: instant, to: instant, limit, metric },
      answer: historyAnswer,
      errors: [404, 503],
      async serve({ robotId, query }) {
        const { from, to, metric: name, limit: wanted = 100 } = query;
        if (from !== undefined && to !== undefined && from > to) {
          throw new ParameterError([{ parameter: 'from', detail: 'expected a time not after to' }]);
        }
        const range = { from, to, limit: name === undefined ? wanted : scanLimit };
        const readings = await readHistory(redis, robotId, range).catch((error: unknown) => {
          throw storeAway(error);
        });
        if (readings.length === 0) await mustBeKnown(robotId);
        const having =
          name === undefined ? readings : readings.filter((each) => Object.hasOwn(each.metrics, name));
        return { robot_id: robotId, samples: having.slice(0, wanted).map((each) => toSample(each, name)) };
      },
    }),
  ];
};
