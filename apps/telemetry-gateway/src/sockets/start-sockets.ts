import type { Server } from 'node:http';

import type { EventStream } from '@fleet/event-stream';
import type { Registry } from 'prom-client';

import { createRobotRate, type Admission } from '../admission/index.ts';
import type { PresenceKeeper } from '../presence/index.ts';
import type { GatewaySettings } from '../settings.ts';
import type { Telemetry } from '../telemetry/start-telemetry.ts';
import type { ConnectionLimits, ConnectionParts } from './connection-parts.ts';
import type { Connections } from './connections.ts';
import { drain } from './drain.ts';
import { createMessageCheck } from './message-check.ts';
import { RobotConnection } from './robot-connection.ts';
import { createSocketMetrics } from './socket-metrics.ts';
import { Sweep } from './sweep.ts';
import { acceptUpgrades } from './upgrade.ts';

export interface SocketParts {
  readonly settings: GatewaySettings;
  readonly admission: Admission;
  readonly connections: Connections;
  readonly telemetry: Telemetry;
  readonly presence: PresenceKeeper;
  readonly eventStream: EventStream;
  readonly registry: Registry;
  readonly log: ConnectionParts['log'];
}

export interface Sockets {
  /** Robots may connect through this server from here on. */
  accept(server: Server): void;
  /** Sends all robots away; `hurry` cuts it short. */
  drain(hurry: AbortSignal): Promise<void>;
}

const maxOutgoingBytes = 256 * 1024;
/** A robot that is sent away is back within five seconds, its dial included. */
const maxReconnectAfterMs = 3000;

/** Wires what a connection needs. */
export const startSockets = (parts: SocketParts): Sockets => {
  const { settings, connections, telemetry, presence, eventStream, registry, log } = parts;
  const limits: ConnectionLimits = {
    maxMessageBytes: settings.MAX_MESSAGE_BYTES,
    maxUnacked: settings.MAX_UNACKED,
    maxUnackedBytes: Math.max(4 * 1024 * 1024, 4 * settings.MAX_MESSAGE_BYTES),
    maxOutgoingBytes,
    heartbeatIntervalMs: settings.HEARTBEAT_INTERVAL_MS,
    maxReconnectAfterMs: Math.min(maxReconnectAfterMs, settings.RECONNECT_GRACE_SECONDS * 500),
  };
  const metrics = createSocketMetrics(registry, {
    connections: () => connections.size,
    paused: () => connections.paused,
    waitingSamples: () => telemetry.intake.total.samples,
  });
  const { open } = connections;
  const heartbeats = new Sweep(open, limits.heartbeatIntervalMs, (connection, now) => connection.beat(now));
  const qualityReports = new Sweep(open, settings.QUALITY_INTERVAL_SECONDS * 1000, (connection, now) =>
    connection.reportQuality(now),
  );
  telemetry.onRoom(() => {
    for (const connection of connections.all()) connection.resumeReading();
  });
  const connectionParts: ConnectionParts = {
    limits,
    check: createMessageCheck(),
    createRate: () =>
      createRobotRate({
        framesPerSecond: settings.ROBOT_RATE_PER_SECOND,
        bytesPerSecond: settings.ROBOT_BYTES_PER_SECOND,
      }),
    sessions: telemetry.sessions,
    acks: telemetry.acks,
    intake: telemetry.intake,
    latest: telemetry.latest,
    presence,
    eventStream,
    connections,
    metrics,
    log,
  };
  return {
    accept: (server) =>
      acceptUpgrades(server, {
        admission: parts.admission,
        fightingDelayMs: (robotId) => presence.fightingDelayMs(robotId),
        connect: (socket, arrival, release) =>
          void new RobotConnection(socket, arrival, connectionParts).open(release),
        onAnswered: (status) => metrics.upgrade(status),
        onRefused: (reason, { status, message: detail }) => {
          metrics.upgradeRefused(reason);
          log.debug({ reason, status, detail }, 'upgrade refused');
        },
        maxMessageBytes: limits.maxMessageBytes,
        compression: settings.WEBSOCKET_COMPRESSION,
      }),
    async drain(hurry) {
      const totalMs = settings.DRAIN_SECONDS * 1000;
      const settleMs = Math.max(500, totalMs / 4);
      await drain({
        connections,
        acks: telemetry.acks,
        spreadMs: Math.max(0, totalMs - settleMs),
        settleMs,
        hurry,
      });
      heartbeats.stop();
      qualityReports.stop();
      for (const connection of connections.lingering()) connection.abandon();
    },
  };
};
