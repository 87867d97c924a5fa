import type { z } from 'zod';

/**
 * The first thing wrong with a value that a compiled check has refused: where, and what was expected. Zod alone does
 * not look at a field named `__proto__`, so a value that it takes all the same has a bad one.
 */
export const issueOf = (schema: z.ZodType, value: unknown): { path: string; detail: string } => {
  const [issue] = schema.safeParse(value).error?.issues ?? [];
  return {
    path: issue?.path.map(String).join('.') ?? '',
    detail: issue?.message ?? 'a field named __proto__ is not valid',
  };
};
