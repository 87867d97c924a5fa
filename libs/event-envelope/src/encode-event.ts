import type { CharterEvent } from './envelope.ts';

const encoder = new TextEncoder();

/** The event as it goes over the wire: JSON in UTF-8. */
export const encodeEvent = (event: CharterEvent): Uint8Array => encoder.encode(JSON.stringify(event));
