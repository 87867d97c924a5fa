import { isRobotId } from '@fleet/robot-protocol';
import { ProblemError, type Problem } from '@fleet/service-runtime';
import type { z } from 'zod';

/** One query parameter: what it may hold, and how its text is read. */
export interface QueryParameter<T = unknown> {
  schema: z.ZodType<T>;
  kind: 'number' | 'text';
  description: string;
}

export type QueryParameters = Record<string, QueryParameter>;

/** What a query with these parameters gives; every one of them may be left out. */
export type QueryOf<Q extends QueryParameters> = {
  [K in keyof Q]?: Q[K] extends QueryParameter<infer T> ? T : never;
};

interface ParameterMistake {
  parameter: string;
  detail: string;
}

/** A request whose parameters are wrong; the answer names each of them. */
export class ParameterError extends ProblemError {
  readonly mistakes: readonly ParameterMistake[];

  constructor(mistakes: readonly ParameterMistake[]) {
    super(400, mistakes.map(({ parameter, detail }) => `${parameter}: ${detail}`).join('; '));
    this.name = 'ParameterError';
    this.mistakes = mistakes;
  }

  override toProblem(): Problem & { errors: readonly ParameterMistake[] } {
    return { ...super.toProblem(), errors: this.mistakes };
  }
}

const decimal = /^-?\d{1,15}(\.\d{1,9})?$/;

const shortened = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** Reads a query strictly: nothing unknown, nothing twice. Throws a {@link ParameterError} that names every mistake. */
export function readQuery<Q extends QueryParameters>(given: URLSearchParams, parameters: Q): QueryOf<Q> {
  const mistakes: ParameterMistake[] = [];
  const read: Record<string, unknown> = {};
  for (const name of new Set(given.keys())) {
    const wrong = (detail: string) => mistakes.push({ parameter: name.slice(0, 40), detail });
    const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    const [text = '', ...more] = given.getAll(name);
    if (parameter === undefined) wrong('is not known here');
    else if (more.length > 0) wrong('is given more than once');
    else {
      const value = parameter.kind === 'number' && decimal.test(text) ? Number(text) : text;
      const result = parameter.schema.safeParse(value);
      if (result.success) read[name] = result.data;
      else wrong(`expected ${parameter.description}, got ${shortened(text)}`);
    }
  }
  if (mistakes.length > 0) throw new ParameterError(mistakes);
  return read as QueryOf<Q>;
}

/** The robot of a path. Throws a {@link ParameterError} for what is no robot id. */
export function readRobotId(text: unknown): string {
  if (isRobotId(text)) return text;
  const detail = 'expected 1 to 64 of A-Z a-z 0-9 _ -, not beginning with _ or -';
  throw new ParameterError([{ parameter: 'robot_id', detail }]);
}
