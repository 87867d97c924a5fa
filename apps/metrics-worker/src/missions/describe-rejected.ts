import type { RejectedEntry } from './batch.ts';

const maxCharacters = 4096;

/** A rejected entry as it is kept for people to read: JSON, with no more than the beginning of what it said. */
export const describeRejected = ({ entry: [id, fields], reason }: RejectedEntry, nowMs: number): string => {
  const kept: string[] = [];
  let room = maxCharacters;
  for (const text of fields) {
    if (room <= 0) break;
    kept.push(text.slice(0, room));
    room -= text.length + 1;
  }
  const truncated = room < -1 || kept.length < fields.length;
  return JSON.stringify({
    id,
    reason,
    fields: kept,
    ...(truncated && { truncated }),
    rejected_at: nowMs / 1000,
  });
};
