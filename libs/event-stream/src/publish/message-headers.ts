import type { MsgHdrs } from '@nats-io/nats-core';

import type { Message } from './message.ts';

/** A header line, in ASCII; what would end it early, or is not ASCII, is replaced. */
export const headerLine = (name: string, value: string): string =>
  `${name}: ${value.replace(/[\r\n]+/g, ' ').replace(/[^\x20-\x7e]/g, '?')}\r\n`;

/**
 * Stands in for the client's header object, which costs ten times as much: the client asks a header object for nothing
 * but `encode()` when it publishes. One object serves all messages, since the client asks at once.
 */
export class RawHeaders {
  of: Message | undefined;

  encode(): Uint8Array {
    if (this.of === undefined) throw new Error('no message to take the headers of');
    return this.of.header;
  }

  asHeaders(): MsgHdrs {
    return this as unknown as MsgHdrs;
  }
}
