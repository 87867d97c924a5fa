import { z } from 'zod';

import { entityIdSchema } from './entity-id.ts';

/** The streams of the Charter: one for the many samples, one for all that happens more rarely, one for what cannot be handled. */
export type StreamName = 'CHARTER_EVENTS' | 'CHARTER_TELEMETRY' | 'CHARTER_DEAD_LETTERS';

/**
 * What is promised for an event between its making and its storing:
 * - `acknowledged`: whoever publishes it waits for the confirmation and keeps the original until then;
 * - `durable`: kept in the outbox when the stream cannot take it, whatever becomes of this process;
 * - `expendable`: kept likewise while there is room, and the first to go when there is none.
 */
export type Delivery = 'acknowledged' | 'durable' | 'expendable';

/** Makes an object schema: strict for writers, loose for readers. */
type ObjectSchema = typeof z.strictObject;

interface Declaration<Payload extends z.ZodObject> {
  /** The producer's name, unless the caller names another. */
  readonly source: 'metrics_service' | 'telemetry_service';
  /** The payload's field that ends the subject. */
  readonly entity: 'robot_id' | 'job_id';
  readonly stream: Exclude<StreamName, 'CHARTER_DEAD_LETTERS'>;
  readonly delivery: Delivery;
  readonly description: string;
  readonly payload: (object: ObjectSchema) => Payload;
}

const declare = <Payload extends z.ZodObject>(declaration: Declaration<Payload>) => {
  // A loose object differs from a strict one in nothing but its tolerance; the writer's types serve both.
  const loose: ObjectSchema = z.looseObject;
  return {
    ...declaration,
    payload: declaration.payload(z.strictObject),
    readerPayload: declaration.payload(loose),
  };
};

const unixSeconds = z.number().describe('Unix seconds, fractional');
const milliseconds = z.number().nonnegative().describe('milliseconds');
const count = z.int().nonnegative();
const ratio = z.number().min(0).max(1);
const metrics = z
  .record(z.string(), z.number().nullable())
  .describe('reading by name; null means that there was no reading');
const attributes = z.record(z.string(), z.union([z.string(), z.boolean(), z.number(), z.null()]));

const closeReasons = [
  'client_disconnect',
  'connection_lost',
  'heartbeat_timeout',
  'replaced',
  'server_shutdown',
  'gateway_lost',
  'protocol_error',
  'message_too_large',
  'slow_consumer',
  'rate_limited',
  'token_expired',
] as const;

/** Why a robot's connection ended. */
export type CloseReason = (typeof closeReasons)[number];

const connection = { robot_id: entityIdSchema, connection_id: z.string().min(1).max(128) };
const job = { job_id: entityIdSchema };

/** Every event of Charter v1.0: the one place from which types, schemas, subjects and documents are derived. */
export const catalogue = {
  'metrics.aggregation_started': declare({
    source: 'metrics_service',
    entity: 'job_id',
    stream: 'CHARTER_EVENTS',
    delivery: 'durable',
    description: 'A run of a job has begun.',
    payload: (object) => object({ ...job, started_at: unixSeconds }),
  }),
  'metrics.aggregation_completed': declare({
    source: 'metrics_service',
    entity: 'job_id',
    stream: 'CHARTER_EVENTS',
    delivery: 'durable',
    description: 'A run of a job has ended well.',
    payload: (object) =>
      object({
        ...job,
        entries_processed: count,
        duration_ms: milliseconds,
        completed_at: unixSeconds,
        entries_rejected: count.optional(),
        lag_entries: count.optional(),
        lag_seconds: z.number().nonnegative().optional(),
        entries_missed: count.optional(),
      }),
  }),
  'metrics.aggregation_failed': declare({
    source: 'metrics_service',
    entity: 'job_id',
    stream: 'CHARTER_EVENTS',
    delivery: 'durable',
    description: 'A run of a job has ended with an error.',
    payload: (object) =>
      object({ ...job, error_message: z.string(), error_type: z.string(), failed_at: unixSeconds }),
  }),
  'metrics.window_closed': declare({
    source: 'metrics_service',
    entity: 'job_id',
    stream: 'CHARTER_EVENTS',
    delivery: 'durable',
    description: 'A window of mission metrics is over, or late entries have corrected it (revision above 1).',
    payload: (object) =>
      object({
        ...job,
        window_start: unixSeconds,
        window_end: unixSeconds,
        created: count,
        started: count,
        completed: count,
        failed: count,
        cancelled: count,
        lost_connection: count,
        abandoned: count.optional(),
        success_rate: ratio.nullable(),
        duration_ms_p50: milliseconds.nullable(),
        duration_ms_p95: milliseconds.nullable(),
        duration_ms_p99: milliseconds.nullable(),
        coverage: ratio,
        revision: z.int().positive(),
        closed_at: unixSeconds,
      }),
  }),
  'telemetry.connection_established': declare({
    source: 'telemetry_service',
    entity: 'robot_id',
    stream: 'CHARTER_EVENTS',
    delivery: 'durable',
    description: 'A robot has connected.',
    payload: (object) =>
      object({ ...connection, connected_at: unixSeconds, protocol: z.string().optional() }),
  }),
  'telemetry.connection_closed': declare({
    source: 'telemetry_service',
    entity: 'robot_id',
    stream: 'CHARTER_EVENTS',
    delivery: 'durable',
    description: 'A connection has ended: exactly one for every connection_established.',
    payload: (object) =>
      object({
        ...connection,
        duration_seconds: z.number().nonnegative(),
        reason: z.enum(closeReasons),
        disconnected_at: unixSeconds,
      }),
  }),
  'telemetry.metrics_published': declare({
    source: 'telemetry_service',
    entity: 'robot_id',
    stream: 'CHARTER_EVENTS',
    delivery: 'expendable',
    description: "Somebody has asked for a robot's last readings.",
    payload: (object) => object({ robot_id: entityIdSchema, metrics, published_at: unixSeconds }),
  }),
  'telemetry.data_received': declare({
    source: 'telemetry_service',
    entity: 'robot_id',
    stream: 'CHARTER_TELEMETRY',
    delivery: 'acknowledged',
    description: 'A robot has sent one sample.',
    payload: (object) =>
      object({
        ...connection,
        metrics,
        received_at: unixSeconds,
        seq: z.int().positive().optional(),
        recorded_at: unixSeconds.optional(),
        attributes: attributes.optional(),
      }),
  }),
  'telemetry.message_rejected': declare({
    source: 'telemetry_service',
    entity: 'robot_id',
    stream: 'CHARTER_EVENTS',
    delivery: 'expendable',
    description: 'A message of a robot was refused; rate limited.',
    payload: (object) =>
      object({
        ...connection,
        code: z.string(),
        detail: z.string(),
        rejected_at: unixSeconds,
        path: z.string().optional(),
        sample: z.string().max(1024).optional(),
      }),
  }),
  'telemetry.connection_quality': declare({
    source: 'telemetry_service',
    entity: 'robot_id',
    stream: 'CHARTER_EVENTS',
    delivery: 'expendable',
    description: 'What went through a connection in a window of time, and how well.',
    payload: (object) =>
      object({
        ...connection,
        window_seconds: z.number().nonnegative(),
        messages: count,
        bytes: count,
        duplicates: count,
        missing: count,
        out_of_order: count,
        rejected: count,
        round_trip_ms: object({ p50: milliseconds, max: milliseconds }).nullable(),
        measured_at: unixSeconds,
      }),
  }),
} as const;

export type EventType = keyof typeof catalogue;

/** What an event of type `T` says. */
export type EventPayload<T extends EventType> = z.output<(typeof catalogue)[T]['payload']>;

export const eventTypes = Object.keys(catalogue) as readonly EventType[];

export const isEventType = (value: unknown): value is EventType =>
  typeof value === 'string' && Object.hasOwn(catalogue, value);

export const streamOf = (type: EventType): StreamName => catalogue[type].stream;

export const deliveryOf = (type: EventType): Delivery => catalogue[type].delivery;
