import type { EventStream } from '@fleet/event-stream';
import type { FleetRedis } from '@fleet/fleet-store';
import type { Registry } from 'prom-client';

import type { GatewaySettings } from '../settings.ts';
import { AckSchedule } from './ack-schedule.ts';
import { Backlog } from './backlog.ts';
import { LatestHere } from './latest-here.ts';
import type { IntakeParts } from './sample-intake.ts';
import { createRedisSink, createStreamSink } from './sample-sink.ts';
import { Sessions } from './sessions.ts';
import { StoredNumbers } from './stored-numbers.ts';
import { createTelemetryMetrics } from './telemetry-metrics.ts';
import { TelemetryWriter } from './telemetry-writer.ts';

export interface Telemetry {
  readonly sessions: Sessions;
  readonly acks: AckSchedule;
  readonly latest: LatestHere;
  readonly intake: IntakeParts;
  /** Calls when all connections together have room again. */
  onRoom(listener: () => void): void;
  stop(): Promise<void>;
}

export interface TelemetrySources {
  readonly redis: FleetRedis;
  readonly eventStream: EventStream;
  readonly registry: Registry;
  readonly settings: GatewaySettings;
  readonly log: { warn(fields: object, message: string): void };
}

/** What all connections together may have on their way to be stored. */
export const totalLimits = { samples: 250_000, bytes: 128 * 1024 * 1024 };
const openWithinMs = 2000;

/** The way of the samples: numbers, storing, latest values and history, confirming. */
export const startTelemetry = ({
  redis,
  eventStream,
  registry,
  settings,
  log,
}: TelemetrySources): Telemetry => {
  const ttlSeconds = settings.SESSION_TTL_SECONDS;
  const latest = new LatestHere();
  const writer = new TelemetryWriter(redis, {
    maxSamples: settings.HISTORY_MAX_SAMPLES,
    maxAgeSeconds: settings.HISTORY_MAX_AGE_SECONDS,
  });
  const metrics = createTelemetryMetrics(registry, writer.counts);
  const sessions = new Sessions(redis, {
    ttlSeconds,
    openWithinMs,
    stored: new StoredNumbers(eventStream),
    onCompared: (outcome) => metrics.compared(outcome),
    onGivenUp: (count) => metrics.givenUp(count),
  });
  const acks = new AckSchedule(redis, sessions, { ttlSeconds });
  const roomListeners: (() => void)[] = [];
  const { enabled } = eventStream;
  const intake: IntakeParts = {
    sink: enabled ? createStreamSink(eventStream, log) : createRedisSink(writer),
    onReading(robotId, reading, text) {
      latest.offer(robotId, reading);
      // Without an event stream the sink writes it.
      if (enabled) writer.add(robotId, reading, text);
    },
    metrics,
    total: new Backlog(totalLimits, () => {
      for (const listener of roomListeners) listener();
    }),
  };
  return {
    sessions,
    acks,
    latest,
    intake,
    onRoom: (listener) => void roomListeners.push(listener),
    async stop() {
      await acks.stop();
      await writer.stop();
    },
  };
};
