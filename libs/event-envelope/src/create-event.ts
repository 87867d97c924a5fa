import { catalogue, type EventPayload, type EventType } from './catalogue.ts';
import { charterVersion, type CharterEvent, type EventMeta } from './envelope.ts';
import { InvalidEventError } from './errors.ts';
import { checksOf } from './event-schema.ts';
import { issueOf } from './issue-of.ts';
import { areWritableOptions, optionsSchema } from './options-schema.ts';

export interface CreateEventOptions {
  /** A UUID; a random one unless given. Two events with one id are stored once. */
  readonly id?: string | undefined;
  readonly source?: string | undefined;
  readonly target?: string | undefined;
  /** Unix seconds; now unless given. */
  readonly timestamp?: number | undefined;
  readonly meta?: Omit<EventMeta, 'version'> | undefined;
}

/**
 * Checks what a producer is about to make an event of. The payload is checked strictly: a field too many, missing or of
 * another type is an {@link InvalidEventError}, since only the producer's code can be wrong. So is an option that no
 * reader would take.
 */
export const checkEvent = <T extends EventType>(
  type: T,
  payload: EventPayload<T>,
  options: CreateEventOptions | undefined,
): void => {
  if (!checksOf(type).isWritablePayload(payload)) {
    const { path, detail } = issueOf(catalogue[type].payload, payload);
    throw new InvalidEventError(type, path && `payload.${path}`, detail);
  }
  checkOptions(type, options);
};

/** What {@link checkEvent} checks beside the payload. */
export const checkOptions = (type: EventType, options: CreateEventOptions | undefined): void => {
  if (options === undefined || areWritableOptions(options)) return;
  const { path, detail } = issueOf(optionsSchema, options);
  throw new InvalidEventError(type, path, detail);
};

/** Makes an event, of what {@link checkEvent} lets through. */
export const createEvent = <T extends EventType>(
  type: T,
  payload: EventPayload<T>,
  options: CreateEventOptions = {},
): CharterEvent<T> => {
  checkEvent(type, payload, options);
  return {
    id: options.id ?? crypto.randomUUID(),
    type,
    source: options.source ?? catalogue[type].source,
    target: options.target ?? null,
    timestamp: options.timestamp ?? Date.now() / 1000,
    payload,
    meta: { version: charterVersion, ...options.meta },
  };
};
