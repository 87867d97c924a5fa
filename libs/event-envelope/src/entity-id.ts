import { z } from 'zod';

/**
 * The form of every id that becomes a part of a subject (a robot's, a job's): 1 to 64 characters that are safe
 * as a NATS token, as a part of a Redis key and as a URL segment.
 */
export const entityIdPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** Whether `value` may stand in a subject: see {@link entityIdPattern}. */
export const isEntityId = (value: unknown): value is string =>
  typeof value === 'string' && entityIdPattern.test(value);

export const entityIdSchema = z
  .string()
  .regex(entityIdPattern, '1 to 64 of A-Z a-z 0-9 _ -, not beginning with _ or -');
