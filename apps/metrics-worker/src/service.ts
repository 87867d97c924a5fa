import { randomUUID } from 'node:crypto';

import { healthOf, startEventStream } from '@fleet/event-stream';
import {
  connectRedis,
  createJobStore,
  createMissionStore,
  createMissionStream,
  createMissionWindows,
  createOutbox,
  createOverdueMissions,
  createRollupStore,
} from '@fleet/fleet-store';
import {
  createApi,
  createReadiness,
  createRegistry,
  eventStreamConnectionOf,
  redisConnectionOf,
  registerReadMetrics,
  requireScope,
  startAdminServer,
  startHttpServer,
  tokenVerifierOf,
  type Lifecycle,
  type Logger,
} from '@fleet/service-runtime';

import { markOverdueMissionsJob } from './housekeeping/mark-overdue-missions.ts';
import { trimHistoryJob } from './housekeeping/trim-history.ts';
import { createRoutes } from './http/create-routes.ts';
import { jobsRoutes } from './http/jobs-routes.ts';
import { missionsRoutes } from './http/missions-routes.ts';
import { rollupRoutes } from './http/rollup-routes.ts';
import { systemClock } from './jobs/clock.ts';
import { startScheduler } from './jobs/scheduler.ts';
import { createWindowCloser } from './missions/close-windows.ts';
import { missionJob, missionJobId } from './missions/mission-job.ts';
import { offlineSinceIn } from './missions/offline-since.ts';
import { createJobMetrics } from './prometheus/job-metrics.ts';
import { createMissionMetrics } from './prometheus/mission-metrics.ts';
import { createRollupMetrics } from './prometheus/rollup-metrics.ts';
import { startRollups } from './rollups/start-rollups.ts';
import type { WorkerSettings } from './settings.ts';

export interface WorkerTools {
  readonly settings: WorkerSettings;
  readonly log: Logger;
  /** The worker cannot go on: says why and stops. */
  readonly fail: (error: Error) => void;
}

export interface Worker {
  readonly port: number;
  readonly adminPort: number;
}

export const serviceName = 'metrics-worker';

/** Opens every part in the order that the data takes, and registers each for closing. */
export const startWorker = async (
  lifecycle: Lifecycle,
  { settings, log, fail }: WorkerTools,
): Promise<Worker> => {
  const registry = createRegistry();
  const readiness = createReadiness();
  const { now } = systemClock;

  const redis = connectRedis({ ...redisConnectionOf(settings), name: serviceName, log });
  lifecycle.defer('redis', () => redis.stop());
  const isStoreAway = (): boolean => redis.status !== 'ready';
  readiness.dependency('redis', () => (isStoreAway() ? 'down' : 'ok'), { required: true });

  const connection = eventStreamConnectionOf(settings);
  const eventStream = startEventStream(connection && { ...connection, name: serviceName }, {
    log,
    outbox: createOutbox(redis, { family: 'metrics' }),
    onContradiction: fail,
  });
  lifecycle.defer('event stream', () => eventStream.close(settings.SHUTDOWN_TIMEOUT_MS / 2));
  registerReadMetrics(registry, eventStream.metrics);
  if (eventStream.enabled) {
    readiness.dependency('event_stream', () => healthOf(eventStream));
  }

  const admin = await startAdminServer({ port: settings.ADMIN_PORT, readiness, registry, log });
  lifecycle.defer('admin server', () => admin.stop());

  const store = createMissionStore(redis);
  const windows = createMissionWindows(redis);
  const overdue = createOverdueMissions(redis);
  const stream = createMissionStream(redis, settings.MISSION_STREAM);
  const metrics = createMissionMetrics(registry);
  const jobs = [
    missionJob({
      aggregation: {
        store,
        stream,
        offlineSince: offlineSinceIn(redis),
        retention: {
          minutesKeptSeconds: settings.MISSION_MINUTES_KEPT_SECONDS,
          hoursKeptSeconds: settings.MISSION_HOURS_KEPT_SECONDS,
          daysKeptSeconds: settings.MISSION_DAYS_KEPT_SECONDS,
        },
        endedKept: settings.MISSIONS_REMEMBERED,
        log,
        now,
        onApplied: metrics.applied,
      },
      overdue,
      openMaxAgeSeconds: settings.MISSION_OPEN_MAX_AGE_SECONDS,
      closer: createWindowCloser({ store, windows, eventStream, jobId: missionJobId, log, now }),
      eventStream,
      everySeconds: settings.AGGREGATION_INTERVAL_SECONDS,
      timeoutMs: settings.AGGREGATION_TIMEOUT_SECONDS * 1000,
      windows,
      onCounted: metrics.counted,
    }),
    markOverdueMissionsJob({ store, overdue, maxAgeSeconds: settings.MISSION_OPEN_MAX_AGE_SECONDS }),
    trimHistoryJob({
      redis,
      limits: {
        maxSamples: settings.HISTORY_MAX_SAMPLES,
        maxAgeSeconds: settings.HISTORY_MAX_AGE_SECONDS,
      },
      now,
    }),
  ];
  const jobStore = createJobStore(redis);
  const scheduler = startScheduler(jobs, {
    store: jobStore,
    clock: systemClock,
    observer: createJobMetrics(
      registry,
      jobs.map(({ id }) => id),
      () => systemClock.elapsed(),
    ),
    log,
    holder: `${settings.SERVICE_INSTANCE}-${randomUUID().slice(0, 8)}`,
    leaseMs: settings.JOB_LEASE_MS,
    random: Math.random,
  });
  lifecycle.defer('scheduler', () => scheduler.stop());
  redis.onStatus((status) => {
    if (status === 'ready') scheduler.wake();
  });

  const rollupStore = createRollupStore(redis);
  if (eventStream.enabled && settings.ROLLUPS) {
    const rollups = startRollups({
      eventStream,
      store: rollupStore,
      now,
      onWritten: createRollupMetrics(registry),
    });
    lifecycle.defer('rollups', () => rollups.drain());
  }

  const verifier = tokenVerifierOf(settings, log);
  const app = createApi({
    log,
    registry,
    routes: createRoutes({
      routes: [
        ...missionsRoutes({ store, windows, stream, now }),
        ...rollupRoutes({ store: rollupStore, now }),
        ...jobsRoutes({ scheduler, store: jobStore, now }),
      ],
      isStoreAway,
      requireScope: (scope) => requireScope(verifier, scope),
    }),
  });
  const http = await startHttpServer({ app, port: settings.PORT, name: 'PORT' });
  lifecycle.defer('http server', () => http.stop());

  lifecycle.defer('readiness', () => readiness.set('draining'));
  readiness.set('ready');
  log.info({ port: http.port, adminPort: admin.port, eventStream: eventStream.enabled }, 'worker listens');
  return { port: http.port, adminPort: admin.port };
};
