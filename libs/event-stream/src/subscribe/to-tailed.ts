import { EventParseError, parseEvent } from '@fleet/event-envelope';
import type { MsgHdrs } from '@nats-io/nats-core';

import type { Tailed } from './subscription.ts';

/** A stored message as it is shown: with its event, or with why it is none. */
export const toTailed = (
  stored: Pick<Tailed, 'bytes' | 'subject' | 'stream' | 'sequence' | 'storedAt'>,
  headers: MsgHdrs | undefined,
): Tailed => {
  const facts = {
    ...stored,
    headers: Object.fromEntries([...(headers ?? [])].map(([name, values]) => [name, values.join(', ')])),
  };
  try {
    return { ...facts, event: parseEvent(stored.bytes) };
  } catch (error) {
    if (error instanceof EventParseError) return { ...facts, error };
    throw error;
  }
};
