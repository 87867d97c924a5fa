import type { StoredOutboxEntry } from './outbox-entry.ts';

/** Reads an entry of the Redis stream, `[key, [field, value, …]]`, and the time of its last attempt. */
export const parseOutboxEntry = (
  [key, fields]: readonly [Buffer, readonly Buffer[]],
  attemptedAt: string | null,
): StoredOutboxEntry => {
  const values = new Map<string, Buffer>();
  for (let i = 0; i + 1 < fields.length; i += 2) {
    values.set(String(fields[i]), fields[i + 1] as Buffer);
  }
  return {
    key: key.toString(),
    id: String(values.get('id') ?? ''),
    subject: String(values.get('subject') ?? ''),
    bytes: values.get('event') ?? Buffer.alloc(0),
    at: Number(values.get('at') ?? 0),
    attemptedAt: attemptedAt === null ? null : Number(attemptedAt),
  };
};
