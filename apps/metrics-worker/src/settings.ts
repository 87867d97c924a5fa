import {
  authRules,
  authSettings,
  commonRules,
  commonSettings,
  flag,
  integer,
  port,
  seconds,
  text,
  type SettingsRule,
} from '@fleet/service-runtime';
import { z } from 'zod';

const day = 86_400;

/** Seconds with a fraction, such as `0.5`. */
const decimalSeconds = (min: number, max: number) =>
  text().transform((raw, context) => {
    const value = /^\d+(\.\d+)?$/.test(raw) ? Number(raw) : NaN;
    if (value >= min && value <= max) return value;
    const expected = `expected seconds from ${min} to ${max}`;
    context.addIssue({ code: 'custom', message: `${expected}, got ${JSON.stringify(raw)}` });
    return z.NEVER;
  });

export const workerSettings = z.object({
  ...commonSettings,
  ...authSettings,
  PORT: port().default(8081),
  ADMIN_PORT: port().default(9081),
  MISSION_STREAM: text().default('brain.events.missions'),
  AGGREGATION_INTERVAL_SECONDS: decimalSeconds(0.05, day).default(30),
  AGGREGATION_TIMEOUT_SECONDS: seconds({ min: 1, max: day }).default(600),
  JOB_LEASE_MS: integer({ min: 300, max: 300_000 }).default(5000),
  MISSION_MINUTES_KEPT_SECONDS: seconds({ min: 60 }).default(day),
  MISSION_HOURS_KEPT_SECONDS: seconds({ min: 3600 }).default(30 * day),
  MISSION_DAYS_KEPT_SECONDS: seconds({ min: day }).default(365 * day),
  MISSION_OPEN_MAX_AGE_SECONDS: seconds({ min: 60 }).default(7 * day),
  HISTORY_MAX_SAMPLES: integer({ min: 1 }).default(3600),
  HISTORY_MAX_AGE_SECONDS: seconds({ min: 1 }).default(day),
  ROLLUPS: flag().default(true),
  MISSIONS_REMEMBERED: integer({ min: 1000 }).default(1_000_000),
});

export type WorkerSettings = z.output<typeof workerSettings>;

export const workerRules: readonly SettingsRule<WorkerSettings>[] = [commonRules, authRules];
