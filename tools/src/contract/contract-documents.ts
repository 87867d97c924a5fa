import { eventTypes } from '@fleet/event-envelope';

import { asyncapiDocument } from './asyncapi-document.ts';
import { eventSchemaDocument, schemaFileOf } from './event-schema-document.ts';

const text = (document: object) => `${JSON.stringify(document, null, 2)}\n`;

/** Every generated document of the contract: its text by its path below the contract's directory. */
export const contractDocuments = (): Map<string, string> =>
  new Map([
    ['asyncapi.json', text(asyncapiDocument())],
    ...eventTypes.map((type) => [schemaFileOf(type), text(eventSchemaDocument(type))] as const),
  ]);
