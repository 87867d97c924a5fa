import { ProblemError } from '@fleet/service-runtime';

/** Answers 503 while Redis is away: everything this service tells is kept there. */
export const orUnavailable = async <T>(isAway: () => boolean, read: () => Promise<T>): Promise<T> => {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ProblemError || !isAway()) throw error;
    throw new ProblemError(503, 'the store is away; try again', { 'Retry-After': '2' }, { cause: error });
  }
};
