import type { z } from 'zod';

import type { ErrorCode } from './error-codes.ts';
import { robotMessageSchema } from './robot-message.ts';

/** Why a message is refused, in the terms of an `error` message. */
export interface Refusal {
  readonly code: Extract<ErrorCode, 'invalid_message' | 'unknown_type'>;
  readonly detail: string;
  /** Where, such as `samples[3].metrics.cpu_usage`; missing when it is the message as a whole. */
  readonly path?: string;
}

const knownTypes: readonly string[] = robotMessageSchema.options.map((option) => option.shape.type.value);

/** Says what is wrong with a parsed message of a robot; nothing if nothing is. */
export const refusalOf = (value: unknown): Refusal | undefined => {
  const type = typeOf(value);
  if (typeof type === 'string' && !knownTypes.includes(type))
    return { code: 'unknown_type', detail: `expected type ${knownTypes.join(' or ')}`, path: 'type' };
  const issue = robotMessageSchema.safeParse(value).error?.issues[0];
  if (issue === undefined) return undefined;
  const path = formatPath(issue.path);
  return { code: 'invalid_message', detail: detailOf(issue), ...(path !== '' && { path }) };
};

const typeOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;

const detailOf = (issue: z.core.$ZodIssue): string => {
  if (issue.code === 'invalid_union' && issue.path.length === 1)
    return `expected type ${knownTypes.join(' or ')}`;
  // A key's own complaint is inside: the outer one only says that there is one.
  const inner = issue.code === 'invalid_key' ? issue.issues[0] : undefined;
  return `expected ${(inner ?? issue).message}`;
};

/** A path of a hostile message may be as long as the message. */
const maxPathLength = 160;

const formatPath = (path: readonly PropertyKey[]): string => {
  const text = path.map(formatStep).join('').replace(/^\./, '');
  return text.length > maxPathLength
    ? `${text.slice(0, maxPathLength).replace(/[\uD800-\uDBFF]$/, '')}…`
    : text;
};

const formatStep = (step: PropertyKey): string => {
  if (typeof step === 'number') return `[${step}]`;
  const key = String(step);
  return /^\w+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
};
