import type { z } from 'zod';

/** The first thing a schema found wrong: where, and what was expected. */
export const issueOf = (error: z.ZodError): { path: string; detail: string } => {
  const [issue] = error.issues;
  return { path: issue?.path.map(String).join('.') ?? '', detail: issue?.message ?? 'not valid' };
};
