import { UsageError } from '../usage-error.ts';
import { jobsScope, readerScope, robotScope } from './sign-token.ts';

const known: readonly string[] = [robotScope, readerScope, jobsScope];

/** Scopes separated by commas. Throws for one that no service asks for: it would open nothing. */
export const parseScopes = (list: string): string[] => {
  const scopes = [...new Set(list.split(',').map((each) => each.trim()))];
  const unknown = scopes.find((each) => !known.includes(each));
  if (unknown === undefined) return scopes;
  throw new UsageError(`--scope: expected some of ${known.join(',')}, got ${JSON.stringify(unknown)}`);
};
