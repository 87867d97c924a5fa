export {
  catalogue,
  deliveryOf,
  eventTypes,
  isEventType,
  streamOf,
  type CloseReason,
  type Delivery,
  type EventPayload,
  type EventType,
  type StreamName,
} from './catalogue.ts';
export { compileCheck } from './compiled-check.ts';
export { checkEvent, checkOptions, createEvent, type CreateEventOptions } from './create-event.ts';
export { encodeEvent } from './encode-event.ts';
export { entityIdPattern, isEntityId } from './entity-id.ts';
export { charterVersion, type CharterEvent, type EventMeta } from './envelope.ts';
export { EventParseError, InvalidEventError, type EventParseFailure } from './errors.ts';
export { readerSchemaOf } from './event-schema.ts';
export { parseEvent } from './parse-event.ts';
export {
  deadLetterSubject,
  entityOf,
  lastAttemptSubject,
  streamSubjects,
  subjectFilter,
  subjectOf,
} from './subject.ts';
