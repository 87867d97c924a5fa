import { hash } from 'node:crypto';
import type { EventType } from '@fleet/event-envelope';

import { uuidOfHash } from '../uuid-of-hash.ts';

/** Names the ids of connection events among all UUIDs; any constant would do, as long as it never changes. */
const namespace = Buffer.from('5f0d6c0a0f5b4f0e9a55c1d2b7e84a31', 'hex');

/**
 * The id of a connection's event of this type, a UUID of version 5 (RFC 9562 §5.5): whoever makes the event, and
 * however often, the stream keeps one.
 */
export function connectionEventId(type: EventType, connectionId: string): string {
  const name = Buffer.concat([namespace, Buffer.from(`${type}/${connectionId}`)]);
  return uuidOfHash(hash('sha1', name, 'hex'));
}
