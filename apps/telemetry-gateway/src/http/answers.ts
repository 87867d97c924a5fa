import { catalogue } from '@fleet/event-envelope';
import { problemSchema } from '@fleet/service-runtime';
import { z } from 'zod';

const unixSeconds = z.number().describe('Unix seconds, fractional');
const count = z.int().nonnegative();
const closeReason = catalogue['telemetry.connection_closed'].payload.shape.reason;

const metrics = z.record(z.string(), z.number().nullable()).describe('null means that there was no reading');
const attributes = z.record(z.string(), z.union([z.string(), z.boolean(), z.number(), z.null()]));

export const presenceStates = ['online', 'stale', 'offline', 'unknown'] as const;

const presence = {
  robot_id: z.string(),
  state: z
    .enum(presenceStates)
    .describe('stale: connected and silent; unknown: its gateway vanished and nobody has closed for it yet'),
  since: unixSeconds.describe('since when the robot is in this state, Unix seconds'),
  reason: closeReason.nullable().describe('why the robot is offline; null while it is not'),
  last_seen_at: unixSeconds,
  connection_id: z.string().describe('the connection, or the last one'),
  connected_at: unixSeconds,
  instance: z
    .string()
    .nullable()
    .describe('the gateway that holds the connection, or held it; null if it died before presence knew'),
  protocol: z.string().nullable(),
  session: z.string().nullable(),
  takeovers_per_minute: count.describe('counted up to 64'),
  contested: z.boolean().describe('taken over so often that new connections have to wait'),
};

const quality = z.strictObject({
  last_seq: count,
  received: count,
  duplicates: count,
  out_of_order: count,
  rejected: count,
  lost: count.describe('numbers that are not waited for any more'),
  missing: z.array(z.tuple([count, count])).describe('ranges of numbers that never came, both ends included'),
});

export const robotAnswer = z.strictObject({
  ...presence,
  quality: quality.nullable().describe('null unless the robot is connected to the instance that answers'),
});

export const robotsAnswer = z.strictObject({
  robots: z.array(z.strictObject(presence)).describe('in the order of their ids'),
  next_cursor: z.string().nullable().describe('null on the last page; a page may be short before that'),
});

export const metricsAnswer = z.strictObject({
  robot_id: z.string(),
  metrics,
  attributes,
  recorded_at: unixSeconds,
  received_at: unixSeconds,
  age_seconds: z.number().nonnegative().describe('since the reading was recorded'),
  stale: z.boolean().describe('older than STALE_AFTER_SECONDS'),
});

export const historyAnswer = z.strictObject({
  robot_id: z.string(),
  samples: z
    .array(
      z.strictObject({
        metrics,
        attributes,
        recorded_at: unixSeconds,
        received_at: unixSeconds,
        seq: z.int().positive().optional(),
      }),
    )
    .describe('newest first'),
});

export const infoAnswer = z.strictObject({
  name: z.string(),
  version: z.string(),
  instance: z.string(),
  protocols: z.array(z.string()),
  features: z.record(z.string(), z.boolean()),
  active_connections: count.describe('of this instance'),
});

export const problemAnswer = problemSchema.extend({
  errors: z
    .array(z.strictObject({ parameter: z.string(), detail: z.string() }))
    .optional()
    .describe('the parameters that are wrong'),
});
