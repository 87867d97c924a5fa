import { hostname } from 'node:os';
import type { z } from 'zod';
import {
  addresses,
  flag,
  integer,
  milliseconds,
  natsServers,
  oneOf,
  port,
  seconds,
  text,
  url,
  urls,
} from './fields.ts';
import type { SettingsMistake } from './parse-settings.ts';
import { readableFile } from './readable-file.ts';

const mebibyte = 1024 * 1024;
const day = 86_400;

/** What every service of the fleet reads. A service gives `ADMIN_PORT` a default of its own. */
export const commonSettings = {
  LOG_LEVEL: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent').default('info'),
  SERVICE_INSTANCE: text().default(hostname),
  NATS_URL: natsServers().default([]),
  NATS_CREDS_FILE: readableFile().optional(),
  NATS_CA_FILE: readableFile().optional(),
  NATS_USER: text().optional(),
  NATS_PASSWORD: text().optional(),
  REDIS_URL: urls('redis', 'rediss').default(['redis://127.0.0.1:6379']),
  REDIS_CLUSTER: flag().default(false),
  REDIS_SENTINELS: addresses().default([]),
  REDIS_SENTINEL_NAME: text().optional(),
  REDIS_SENTINEL_PASSWORD: text().optional(),
  ADMIN_PORT: port().default(9080),
  SHUTDOWN_TIMEOUT_MS: milliseconds({ max: 3_600_000 }).default(10_000),
  OTEL_EXPORTER_OTLP_ENDPOINT: url('http', 'https').optional(),
  OTEL_SDK_DISABLED: flag().default(false),
  STREAM_REPLICAS: integer({ min: 1, max: 5 }).default(1),
  STREAM_EVENTS_MAX_BYTES: integer({ min: mebibyte }).default(1024 * mebibyte),
  STREAM_EVENTS_MAX_AGE_SECONDS: seconds({ min: 1 }).default(30 * day),
  STREAM_TELEMETRY_MAX_BYTES: integer({ min: mebibyte }).default(2048 * mebibyte),
  STREAM_TELEMETRY_MAX_AGE_SECONDS: seconds({ min: 1 }).default(day),
  STREAM_DEAD_LETTERS_MAX_BYTES: integer({ min: mebibyte }).default(256 * mebibyte),
  STREAM_DEAD_LETTERS_MAX_AGE_SECONDS: seconds({ min: 1 }).default(30 * day),
};

export type CommonSettings = z.output<z.ZodObject<typeof commonSettings>>;

/** Rules over several of the common variables. */
export function commonRules(values: Partial<CommonSettings>): SettingsMistake[] {
  const mistakes: SettingsMistake[] = [];
  if (values.NATS_USER !== undefined && values.NATS_PASSWORD === undefined) {
    mistakes.push({ variable: 'NATS_PASSWORD', problem: 'is required beside NATS_USER' });
  }
  if (values.REDIS_CLUSTER === false && (values.REDIS_URL?.length ?? 0) > 1) {
    mistakes.push({ variable: 'REDIS_URL', problem: 'expected one URL, several need REDIS_CLUSTER=true' });
  }
  mistakes.push(...sentinelMistakes(values));
  return mistakes;
}

function sentinelMistakes(values: Partial<CommonSettings>): SettingsMistake[] {
  const mistakes: SettingsMistake[] = [];
  // Absent here is what was set and could not be read; its own mistake does not hide those of the others.
  const hasSentinels = values.REDIS_SENTINELS?.length !== 0;
  if (hasSentinels && values.REDIS_SENTINEL_NAME === undefined) {
    mistakes.push({ variable: 'REDIS_SENTINEL_NAME', problem: 'is required beside REDIS_SENTINELS' });
  }
  if (hasSentinels && values.REDIS_CLUSTER === true) {
    mistakes.push({ variable: 'REDIS_SENTINELS', problem: 'cannot be used with REDIS_CLUSTER=true' });
  }
  for (const variable of ['REDIS_SENTINEL_NAME', 'REDIS_SENTINEL_PASSWORD'] as const) {
    if (!hasSentinels && values[variable] !== undefined) {
      mistakes.push({ variable, problem: 'means nothing without REDIS_SENTINELS' });
    }
  }
  return mistakes;
}
