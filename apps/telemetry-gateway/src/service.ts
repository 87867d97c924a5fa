import { randomUUID } from 'node:crypto';

import { healthOf, startEventStream } from '@fleet/event-stream';
import { connectRedis, createOutbox } from '@fleet/fleet-store';
import { protocolName } from '@fleet/robot-protocol';
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

import { createAdmission, tlsOptionsOf } from './admission/index.ts';
import { createRoutes, exceptOpenPaths } from './http/index.ts';
import { registerPresenceMetrics, startPresence } from './presence/index.ts';
import type { GatewaySettings } from './settings.ts';
import { Connections } from './sockets/connections.ts';
import { startSockets } from './sockets/start-sockets.ts';
import { startTelemetry, totalLimits } from './telemetry/start-telemetry.ts';

export interface GatewayTools {
  readonly settings: GatewaySettings;
  readonly log: Logger;
  /** Cuts the drain short. */
  readonly hurry: AbortSignal;
  /** The gateway cannot go on: says why and stops. */
  readonly fail: (error: Error) => void;
}

export interface Gateway {
  readonly port: number;
  readonly adminPort: number;
}

export const serviceName = 'telemetry-gateway';
const serviceVersion = '1.0.0';

/** Opens every part in the order that the data takes, and registers each for closing. */
export const startGateway = async (
  lifecycle: Lifecycle,
  { settings, log, hurry, fail }: GatewayTools,
): Promise<Gateway> => {
  const registry = createRegistry();
  const readiness = createReadiness();
  let isDraining = false;

  const redis = connectRedis({ ...redisConnectionOf(settings), name: serviceName, log });
  lifecycle.defer('redis', () => redis.stop());

  const connection = eventStreamConnectionOf(settings);
  // More than the robots' samples that are let in at all, with room for what an event adds to each: none is turned away here.
  const waiting = { messages: totalLimits.samples * 1.2, bytes: totalLimits.bytes * 4 };
  const eventStream = startEventStream(connection && { ...connection, name: serviceName, waiting }, {
    log,
    outbox: createOutbox(redis, { family: 'telemetry' }),
    onContradiction: fail,
  });
  lifecycle.defer('event stream', () => eventStream.close(settings.SHUTDOWN_TIMEOUT_MS / 2));
  registerReadMetrics(registry, eventStream.metrics);
  // Without an event stream nothing but Redis can take a sample.
  const required = !eventStream.enabled;
  readiness.dependency('redis', () => (redis.status === 'ready' ? 'ok' : 'down'), { required });
  if (eventStream.enabled) readiness.dependency('event_stream', () => healthOf(eventStream));

  const admin = await startAdminServer({ port: settings.ADMIN_PORT, readiness, registry, log });
  lifecycle.defer('admin server', () => admin.stop());

  const presence = startPresence({
    redis,
    eventStream,
    instance: settings.SERVICE_INSTANCE,
    processId: randomUUID(),
    log,
    settings: {
      staleAfterMs: settings.STALE_AFTER_SECONDS * 1000,
      graceMs: settings.RECONNECT_GRACE_SECONDS * 1000,
    },
  });
  lifecycle.defer('presence', () => presence.stop());
  registerPresenceMetrics(registry, () => presence.counts());

  const telemetry = startTelemetry({ redis, eventStream, registry, settings, log });
  lifecycle.defer('telemetry', () => telemetry.stop());

  const connections = new Connections();
  const verifier = tokenVerifierOf(settings, log);
  const admission = createAdmission({
    settings,
    verifier,
    connections: () => connections.size,
    isDraining: () => isDraining,
  });
  const sockets = startSockets({
    settings,
    admission,
    connections,
    telemetry,
    presence,
    eventStream,
    registry,
    log,
  });

  const api = createApi({
    log,
    registry,
    authenticate: exceptOpenPaths(requireScope(verifier, 'telemetry:read')),
    routes: createRoutes({
      redis,
      presence,
      eventStream,
      localLatest: (robotId) => telemetry.latest.of(robotId),
      ledgerOf: (robotId) => connections.of(robotId)?.ledgerReport(),
      connectionsHere: () => connections.size,
      publishQueries: settings.PUBLISH_METRICS_QUERIES,
      staleAfterSeconds: settings.STALE_AFTER_SECONDS,
      info: {
        name: serviceName,
        version: serviceVersion,
        instance: settings.SERVICE_INSTANCE,
        protocols: [protocolName],
        features: {
          event_stream: eventStream.enabled,
          authentication: verifier !== undefined,
          compression: settings.WEBSOCKET_COMPRESSION,
          metrics_queries_published: settings.PUBLISH_METRICS_QUERIES,
        },
      },
    }),
  });
  const tls = tlsOptionsOf(settings);
  const http = await startHttpServer({
    app: api,
    ...(tls !== undefined && { tls }),
    port: settings.PORT,
    name: 'PORT',
  });
  lifecycle.defer('http server', () => http.stop());
  sockets.accept(http.server);

  lifecycle.defer('sockets', async () => {
    isDraining = true;
    readiness.set('draining');
    await sockets.drain(hurry);
  });
  readiness.set('ready');
  log.info({ port: http.port, adminPort: admin.port, eventStream: eventStream.enabled }, 'gateway listens');
  return { port: http.port, adminPort: admin.port };
};
