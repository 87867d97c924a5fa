import { ProblemError } from '@fleet/service-runtime';

export const unknownRobot = (): ProblemError => new ProblemError(404, 'no such robot has ever been seen');

export const noReadings = (): ProblemError => new ProblemError(404, 'no reading of the robot is kept');

/** Said rather than guessed: what this instance does not hold itself, it does not know while Redis is away. */
export const storeAway = (cause: unknown): ProblemError =>
  new ProblemError(
    503,
    'the store is away, and this instance does not hold what was asked for',
    { 'Retry-After': '5' },
    { cause },
  );
