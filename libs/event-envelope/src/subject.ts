import { catalogue, type EventType, type StreamName } from './catalogue.ts';
import type { CharterEvent } from './envelope.ts';
import { entityIdPattern } from './entity-id.ts';

const root = 'charter.v1';

/** The robot or job an event is about: the last token of its subject. */
export const entityOf = (event: CharterEvent): string => {
  const payload = event.payload as Record<string, unknown>;
  return payload[catalogue[event.type].entity] as string;
};

/** The subject of an event, a pure function of it: `charter.v1.<type>.<entity>`. */
export const subjectOf = (event: CharterEvent): string => `${root}.${event.type}.${entityOf(event)}`;

/** The subjects of all events of a type, or of one entity's: `charter.v1.<type>.*`. Throws for an entity that is no id. */
export const subjectFilter = (type: EventType, entity?: string): string => {
  if (entity !== undefined && !entityIdPattern.test(entity)) {
    throw new RangeError(
      `expected an id of the form ${entityIdPattern.source}, got ${JSON.stringify(entity)}`,
    );
  }
  return `${root}.${type}.${entity ?? '*'}`;
};

/** Where what `durable` cannot handle of `stream` is set aside: `charter.dead.<stream>.<durable>`. */
export const deadLetterSubject = (stream: string, durable: string): string =>
  `charter.dead.${stream}.${durable}`;

/** Where `durable` announces that it tries an event for the last time; gone when the try is concluded. */
export const lastAttemptSubject = (stream: string, durable: string, attempt: string): string =>
  `charter.dead.attempts.${stream}.${durable}.${attempt}`;

const typesOf = (stream: StreamName): string[] =>
  Object.entries(catalogue)
    .filter(([, declared]) => declared.stream === stream)
    .map(([type]) => `${root}.${type}.*`);

/** What each stream captures. Streams do not overlap, so every event has one home. */
export const streamSubjects: Record<StreamName, readonly string[]> = {
  CHARTER_EVENTS: typesOf('CHARTER_EVENTS'),
  CHARTER_TELEMETRY: typesOf('CHARTER_TELEMETRY'),
  CHARTER_DEAD_LETTERS: ['charter.dead.>'],
};
