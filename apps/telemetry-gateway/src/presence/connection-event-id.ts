import { hash } from 'node:crypto';
import type { EventType } from '@fleet/event-envelope';

/** Names the ids of connection events among all UUIDs; any constant would do, as long as it never changes. */
const namespace = Buffer.from('5f0d6c0a0f5b4f0e9a55c1d2b7e84a31', 'hex');

/**
 * The id of a connection's event of this type, a UUID of version 5 (RFC 9562 §5.5): whoever makes the event, and
 * however often, the stream keeps one.
 */
export function connectionEventId(type: EventType, connectionId: string): string {
  const name = Buffer.concat([namespace, Buffer.from(`${type}/${connectionId}`)]);
  const bytes = hash('sha1', name, 'buffer').subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
