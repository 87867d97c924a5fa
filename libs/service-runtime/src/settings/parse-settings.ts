import type { z } from 'zod';

export interface SettingsMistake {
  variable: string;
  problem: string;
}

/** What is wrong with the environment, all of it. Its message is for the person who set it. */
export class SettingsError extends Error {
  readonly mistakes: readonly SettingsMistake[];

  constructor(mistakes: readonly SettingsMistake[]) {
    super(mistakes.map(({ variable, problem }) => `${variable}: ${problem}`).join('\n'));
    this.name = 'SettingsError';
    this.mistakes = mistakes;
  }
}

/**
 * What several variables must satisfy together. Sees the values that could be read (a variable with a mistake of its
 * own is absent) and the environment.
 */
export type SettingsRule<Values> = (values: Partial<Values>, env: NodeJS.ProcessEnv) => SettingsMistake[];

/**
 * Reads the schema's variables; others are none of its business. Throws one {@link SettingsError} with every mistake.
 */
export function parseSettings<S extends z.ZodObject>(
  schema: S,
  env: NodeJS.ProcessEnv,
  rules: readonly SettingsRule<z.output<S>>[] = [],
): z.output<S> {
  const mistakes: SettingsMistake[] = [];
  const values: Record<string, unknown> = {};
  for (const [variable, field] of Object.entries(schema.shape)) {
    const raw = env[variable];
    const read = (field as z.ZodType).safeParse(raw === '' ? undefined : raw);
    if (read.success) values[variable] = read.data;
    else mistakes.push({ variable, problem: read.error.issues.map(({ message }) => message).join('; ') });
  }
  const readable = values as z.output<S>;
  for (const rule of rules) mistakes.push(...rule(readable, env));
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  return readable;
}
