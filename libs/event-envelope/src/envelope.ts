import { z } from 'zod';

import type { EventPayload, EventType } from './catalogue.ts';

/** The version every writer states in `meta.version`. */
export const charterVersion = '1.0';

/** Where an event comes from and what it belongs to. Readers accept one without a version. */
export interface EventMeta {
  readonly version?: string | undefined;
  readonly correlation_id?: string | undefined;
  readonly causation_id?: string | undefined;
  /** The instance that made the event. */
  readonly producer?: string | undefined;
  /** W3C trace context of the work that made the event. */
  readonly traceparent?: string | undefined;
}

interface Envelope<T extends EventType> {
  /** A UUID, also the stream's deduplication key. */
  readonly id: string;
  readonly type: T;
  readonly source: string;
  /** `null` is a broadcast. */
  readonly target: string | null;
  /** Unix seconds, when the envelope was made. */
  readonly timestamp: number;
  readonly payload: EventPayload<T>;
  readonly meta: EventMeta;
}

/** One event of the catalogue; `CharterEvent` without an argument is any of them, told apart by `type`. */
export type CharterEvent<T extends EventType = EventType> = { [K in T]: Envelope<K> }[T];

const snakeCase = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;

/** What every event has in common, as readers take it: unknown keys are kept, `meta` may be missing. */
export const envelopeFields = {
  id: z.guid(),
  source: z.string().regex(snakeCase, 'a snake_case name'),
  target: z.string().nullable(),
  timestamp: z.number(),
  meta: z
    .looseObject({
      version: z.string().optional(),
      correlation_id: z.string().optional(),
      causation_id: z.string().optional(),
      producer: z.string().optional(),
      traceparent: z.string().optional(),
    })
    .default({}),
};
