import type { z } from 'zod';
import type { QueryOf, QueryParameters } from './parameters.ts';

/** A route: enough to serve it and to describe it. All are GET. */
export interface Route {
  /** As express has it: `/robots/:robot_id`. */
  path: string;
  operationId: string;
  summary: string;
  query: QueryParameters;
  answer: z.ZodType;
  /** Error statuses beside 400, 401, 403, 405 and 500. */
  errors: readonly (404 | 503)[];
  serve: (asked: { robotId: string; query: Record<string, unknown> }) => unknown;
}

/** Declares a route; what it serves is checked against its answer by the compiler. */
export const route = <Q extends QueryParameters, A extends z.ZodType>(
  declared: Omit<Route, 'query' | 'answer' | 'serve'> & {
    query: Q;
    answer: A;
    serve(asked: { robotId: string; query: QueryOf<Q> }): z.output<A> | Promise<z.output<A>>;
  },
): Route => declared as Route;
