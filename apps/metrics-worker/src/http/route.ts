import type { z } from 'zod';

export type Scope = 'telemetry:read' | 'jobs:run';

/** A route: enough to serve it and to describe it. */
export interface Route {
  readonly method: 'get' | 'post';
  /** As express has it, with parameters that are entity ids: `/jobs/:job_id/run`. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  /** What whoever asks has to know beside it. */
  readonly remark?: string;
  readonly scope: Scope;
  readonly query: z.ZodObject;
  readonly answer: z.ZodType;
  /** 200 unless given. */
  readonly status?: 202;
  /** How long a browser may keep the answer; not at all unless given. */
  readonly cacheSeconds?: number;
  /** Whether there is what the path names; anything is, unless given. */
  readonly isKnown?: (id: string) => boolean;
  serve(asked: { id: string; query: unknown }): Promise<unknown>;
}

/** What may be sent: values that nobody changes serve as well. */
type Sent<T> = T extends readonly (infer Item)[]
  ? readonly Sent<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Sent<T[Key]> }
    : T;

/** Declares a route; what it serves is checked against its answer by the compiler. */
export const route = <Query extends z.ZodObject, Answer extends z.ZodType>(
  declared: Omit<Route, 'query' | 'answer' | 'serve'> & {
    readonly query: Query;
    readonly answer: Answer;
    serve(asked: { id: string; query: z.output<Query> }): Promise<Sent<z.output<Answer>>>;
  },
): Route => declared;
