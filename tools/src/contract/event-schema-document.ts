import { catalogue, readerSchemaOf, type EventType } from '@fleet/event-envelope';

export const schemaFileOf = (type: EventType): string => `schemas/${type}.json`;

/** The JSON Schema (2020-12) of an event of this type, as readers take it. */
export const eventSchemaDocument = (type: EventType): object => {
  const { $schema, ...schema } = readerSchemaOf(type).toJSONSchema({ io: 'input', target: 'draft-2020-12' });
  return { $schema, title: type, description: catalogue[type].description, ...schema };
};
