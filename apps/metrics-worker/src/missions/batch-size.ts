import type { StreamEntry } from './parse-entry.ts';

const maxEntries = 5000;
const minEntries = 10;
const firstEntries = 50;
const growth = 10;
const targetCharacters = 4 * 1024 * 1024;
const sampled = 16;

/**
 * How many entries to read at once: up to 5000, fewer when entries are long, so that a batch stays near 4 MiB. It begins
 * with few: that one batch was too much for this process must not keep the next from getting past it.
 */
export const nextBatchSize = (last?: readonly StreamEntry[]): number => {
  if (last === undefined || last.length === 0) return firstEntries;
  const step = Math.max(1, Math.floor(last.length / sampled));
  let characters = 0;
  let entries = 0;
  for (let index = 0; index < last.length; index += step) {
    entries += 1;
    for (const text of last[index]?.[1] ?? []) characters += text.length;
  }
  const fitting = Math.floor((targetCharacters * entries) / Math.max(1, characters));
  return Math.max(minEntries, Math.min(maxEntries, last.length * growth, fitting));
};
