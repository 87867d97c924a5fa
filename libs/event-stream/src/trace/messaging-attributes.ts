import { catalogue, type EventType } from '@fleet/event-envelope';

export const tracerName = '@fleet/event-stream';

/** The subjects of a type as one name: no span is named after a robot. */
export const destinationOf = (type: EventType): string => `charter.v1.${type}.{${catalogue[type].entity}}`;
