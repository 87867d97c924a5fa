import { z } from 'zod';

import { runOutcomes, runTriggers } from '../jobs/run-record.ts';

const unixSeconds = z.number().describe('Unix seconds');
const asOf = unixSeconds.nullable().describe('everything up to it is counted; null before the first run');
const count = z.int().nonnegative();
const seconds = z.number().nonnegative();
const share = z.number().min(0).max(1);
const coverage = share.describe('the share of the time of which every entry is counted');

const outcomeCounts = { completed: count, failed: count, cancelled: count, lost_connection: count };

const missionCounts = z.strictObject({
  created: count,
  started: count,
  ...outcomeCounts,
  abandoned: count.describe('nothing was heard of them for too long'),
  retried: count.describe('further attempts'),
  other: count.describe('entries of unknown types'),
});

const durations = z
  .strictObject({
    count: count.describe('ended attempts of known duration'),
    mean: seconds.nullable(),
    p50: seconds.nullable(),
    p95: seconds.nullable(),
    p99: seconds.nullable(),
  })
  .describe('milliseconds, percentiles to within 0.8 %');

const successRate = share
  .nullable()
  .describe('completed of all that ended and were not cancelled; null when none did');
const throughput = z.number().nonnegative().nullable().describe('ended attempts per covered minute');

export const windowAnswer = z.strictObject({
  window_seconds: count,
  from: unixSeconds,
  to: unixSeconds,
  as_of: asOf,
  lag_entries: count.describe('entries that are not counted yet'),
  lag_seconds: seconds.describe('age of the oldest of them'),
  coverage,
  revision: count.describe('1, and one more for each minute that was corrected after it had closed'),
  counts: missionCounts,
  success_rate: successRate,
  duration_ms: durations,
  throughput_per_minute: throughput,
  in_flight: z.int().describe('missions under way now'),
  robots: z.strictObject({
    top: z.array(z.strictObject({ robot_id: z.string(), ...outcomeCounts })).describe('most ended first'),
    rest: z.strictObject(outcomeCounts).describe('all others together'),
  }),
  totals: missionCounts
    .extend({ entries_processed: count, entries_rejected: count, entries_missed: count })
    .describe('since the counting began'),
});

export const seriesAnswer = z.strictObject({
  window_seconds: count,
  from: unixSeconds,
  to: unixSeconds,
  step_seconds: count,
  as_of: asOf,
  points: z
    .array(
      z.strictObject({
        at: unixSeconds.describe('beginning of the step, Unix seconds'),
        coverage,
        counts: missionCounts.nullable(),
        success_rate: successRate,
        duration_ms: durations.nullable(),
        throughput_per_minute: throughput,
      }),
    )
    .describe('where nothing is known, everything but the time is null'),
});

const reading = z.number().nullable();

export const robotRollupAnswer = z.strictObject({
  robot_id: z.string(),
  metric: z.string(),
  window_seconds: count,
  from: unixSeconds,
  to: unixSeconds,
  step_seconds: count,
  points: z
    .array(
      z.strictObject({
        at: unixSeconds.describe('beginning of the step, Unix seconds'),
        count,
        min: reading,
        max: reading,
        mean: reading,
        last: reading,
      }),
    )
    .describe('null where there was no reading'),
});

export const fleetRollupAnswer = z.strictObject({
  metric: z.string(),
  window_seconds: count,
  from: unixSeconds,
  to: unixSeconds,
  robots: count.describe('robots with a reading in the window'),
  is_partial: z.boolean().describe('there are more robots than were looked at'),
  readings: count,
  min: reading,
  max: reading,
  mean: reading.describe('of all readings'),
  p5: reading.describe("of the robots' means"),
  p50: reading,
  p95: reading,
});

const run = z.strictObject({
  run_id: z.string(),
  job_id: z.string(),
  instance: z.string(),
  trigger: z.enum(runTriggers),
  started_at: unixSeconds,
  ended_at: unixSeconds.optional(),
  duration_ms: seconds.optional(),
  outcome: z.enum(runOutcomes).optional(),
  error: z.string().optional(),
  result: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])).optional(),
});

const schedule = z.union([
  z.strictObject({ every_seconds: z.number().positive() }),
  z.strictObject({ cron: z.string(), timezone: z.string().describe('IANA name') }),
]);

export const jobsAnswer = z.strictObject({
  jobs: z.array(
    z.strictObject({
      job_id: z.string(),
      schedule,
      next_run_at: unixSeconds.nullable(),
      running: run.nullable(),
      last_runs: z.array(run).describe('newest first'),
    }),
  ),
});

export const runsAnswer = z.strictObject({
  job_id: z.string(),
  running: run.nullable(),
  runs: z.array(run).describe('the last hundred, newest first'),
});

export const requestedAnswer = z.strictObject({ job_id: z.string(), requested: z.literal(true) });
