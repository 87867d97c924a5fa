import { z } from 'zod';

const seq = z.int().min(1);
const milliseconds = z.number().nonnegative();

const range = z.tuple([seq, seq]).refine(([from, to]) => from <= to, 'from at most to');
const missing = z.array(range).optional();

const welcome = z.object({
  type: z.literal('welcome'),
  protocol: z.string(),
  robot_id: z.string(),
  connection_id: z.string(),
  /** The highest stored `seq` of the session; null when there is none. */
  last_seq: seq.nullable(),
  /** The ranges below `last_seq` that never came: send those again, then go on. */
  missing,
  max_message_bytes: z.int().positive(),
  /** Samples that may be unconfirmed before the gateway stops reading. */
  max_unacked: z.int().positive(),
  heartbeat_interval_ms: z.number().positive(),
  /** Unix seconds, fractional. */
  server_time: z.number(),
});

const ack = z.object({
  type: z.literal('ack'),
  /** Every `seq` up to this one is stored, but for those in `missing`. */
  seq,
  missing,
});

const error = z.object({
  type: z.literal('error'),
  /** One of `errorCodes`; a newer gateway may know more. */
  code: z.string(),
  detail: z.string(),
  /** The sample that is settled by this refusal. */
  seq: seq.optional(),
  path: z.string().optional(),
});

const throttled = z.object({
  type: z.literal('throttled'),
  retry_after_ms: milliseconds,
  /** Samples that were dropped and so not acknowledged. */
  dropped: z.int().nonnegative(),
});

const closing = z.object({
  type: z.literal('closing'),
  reason: z.string(),
  reconnect_after_ms: milliseconds,
});

/** Everything a gateway says, as robots read it: keys they do not know are ignored. */
export const gatewayMessageSchema = z.discriminatedUnion('type', [welcome, ack, error, throttled, closing]);

export type GatewayMessage = z.output<typeof gatewayMessageSchema>;
export type WelcomeMessage = z.output<typeof welcome>;
export type AckMessage = z.output<typeof ack>;
export type ErrorMessage = z.output<typeof error>;
export type ThrottledMessage = z.output<typeof throttled>;
export type ClosingMessage = z.output<typeof closing>;

const knownTypes: ReadonlySet<string> = new Set(
  gatewayMessageSchema.options.map((option) => option.shape.type.value),
);

/** A gateway said something that is not `fleet.v1`. */
export class GatewayMessageError extends Error {
  override readonly name = 'GatewayMessageError';
}

/**
 * Reads one frame of a gateway.
 *
 * @returns nothing for a well-formed message of a type this version does not know: to be ignored
 * @throws {GatewayMessageError} when the frame is not JSON or breaks the rules of its type
 */
export const parseGatewayMessage = (text: string): GatewayMessage | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new GatewayMessageError('expected JSON from the gateway', { cause });
  }
  const parsed = gatewayMessageSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  if (isOfUnknownType(value)) return undefined;
  const [issue] = parsed.error.issues;
  throw new GatewayMessageError(
    `expected a message of ${[...knownTypes].join(', ')}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
    { cause: parsed.error },
  );
};

const isOfUnknownType = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  typeof value.type === 'string' &&
  !knownTypes.has(value.type);
