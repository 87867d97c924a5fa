import { ProblemError } from '@fleet/service-runtime';
import type { Request } from 'express';

import { parseDuration } from '../missions/duration-text.ts';

/** One value of the query, or none; given twice it is a 400. */
export const queryText = (request: Request, name: string): string | undefined => {
  const value = request.query[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') throw new ProblemError(400, `${name}: expected one value`);
  return value;
};

/** A duration like `5m`, in seconds. Throws a 400 that says what is allowed. */
export const queryDuration = (
  request: Request,
  name: string,
  { fallback, min, max }: { fallback: string; min: string; max: string },
): number => {
  const text = queryText(request, name) ?? fallback;
  const seconds = parseDuration(text);
  const [least = 0, most = 0] = [parseDuration(min), parseDuration(max)];
  if (seconds === undefined || seconds < least || seconds > most || seconds % 60 !== 0) {
    throw new ProblemError(
      400,
      `${name}: expected whole minutes from ${min} to ${max} like 5m, 1h or 7d, got ${text}`,
    );
  }
  return seconds;
};
