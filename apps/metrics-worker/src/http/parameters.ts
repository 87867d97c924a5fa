import { entityIdPattern } from '@fleet/event-envelope';
import { metricNamePattern } from '@fleet/robot-protocol';
import { ProblemError } from '@fleet/service-runtime';
import { z } from 'zod';

import { parseDuration } from '../missions/duration-text.ts';

const given = z.string('expected one value');

/** A duration like `5m`, in whole minutes; read as seconds. */
export const duration = ({ min, max }: { min: string; max: string }) => {
  const [least = 0, most = 0] = [parseDuration(min), parseDuration(max)];
  const allowed = `whole minutes from ${min} to ${max} like 5m, 1h or 7d`;
  return given.meta({ description: allowed, examples: ['5m', '1h', '7d'] }).transform((text, context) => {
    const seconds = parseDuration(text);
    if (seconds !== undefined && seconds >= least && seconds <= most && seconds % 60 === 0) return seconds;
    context.addIssue({ code: 'custom', message: `expected ${allowed}, got ${text.slice(0, 40)}` });
    return z.NEVER;
  });
};

export const metricName = given
  .regex(metricNamePattern, 'expected the name of a metric, like battery_level')
  .meta({ description: 'the name of a metric', examples: ['battery_level'] });

const maxPoints = 2000;

/** That a window is not cut into more steps than anybody plots. */
export const expectFewSteps = (seconds: number, step: number, context: z.RefinementCtx): void => {
  if (seconds / step <= maxPoints) return;
  const message = `expected at most ${maxPoints} steps in a window, got ${Math.ceil(seconds / step)}`;
  context.addIssue({ code: 'custom', path: ['step'], message });
};

/** What stands in a path: `:robot_id`, `:job_id`. */
export const pathParameter = given.regex(
  entityIdPattern,
  'expected 1 to 64 of A-Z a-z 0-9 _ -, not beginning with _ or -',
);

/** Reads the parameters of a request strictly: nothing unknown, nothing twice. Throws a 400 that names every mistake. */
export const readParameters = <T extends z.ZodType>(schema: T, parameters: unknown): z.output<T> => {
  const { data, error } = schema.safeParse(parameters);
  if (error === undefined) return data;
  const mistakes = error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => `${key.slice(0, 40)}: is not known here`)
      : [`${issue.path.join('.')}: ${issue.message}`],
  );
  throw new ProblemError(400, mistakes.join('; '));
};
