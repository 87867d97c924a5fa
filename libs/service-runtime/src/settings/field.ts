import { z } from 'zod';

/**
 * A field reads one environment variable: text in, value or one sentence out. Give it `.default(value)` or
 * `.optional()`; without either the variable is required. An empty variable counts as unset.
 */
export type Field<T> = z.ZodPipe<z.ZodString, z.ZodTransform<Awaited<T>, string>>;

/** `shown` is the value as it came, where it holds no secret; `because` says what is wrong with it. */
type Read<T> = { value: T } | { expected: string; shown?: string; because?: string };

export function field<T>(read: (raw: string) => Read<T>): Field<T> {
  return z.string({ error: 'is required' }).transform((raw, context) => {
    const outcome = read(raw);
    if ('value' in outcome) return outcome.value as Awaited<T>;
    const came =
      outcome.shown === undefined ? 'the value is not shown' : `got ${JSON.stringify(outcome.shown)}`;
    const because = outcome.because === undefined ? '' : `: ${outcome.because}`;
    context.addIssue({ code: 'custom', message: `expected ${outcome.expected}, ${came}${because}` });
    return z.NEVER;
  });
}

/** What stands between commas, without blanks around it and without empty ones. */
export function split(raw: string): string[] {
  return raw
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}
