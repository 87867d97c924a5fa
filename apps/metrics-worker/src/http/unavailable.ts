import { ProblemError } from '@fleet/service-runtime';

/**
 * Answers 503 while Redis is away: everything this service tells or promises is kept there. Does not begin then,
 * for what could still be taken in memory would be lost with the process.
 */
export const orUnavailable = async <T>(isAway: () => boolean, ask: () => Promise<T>): Promise<T> => {
  if (isAway()) throw unavailable();
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ProblemError || !isAway()) throw error;
    throw unavailable(error);
  }
};

const unavailable = (cause?: unknown): ProblemError =>
  new ProblemError(503, 'the store is away; try again', { 'Retry-After': '2' }, { cause });
