import type { Happening } from './mission-history.ts';
import type { MissionEvent } from './mission-event.ts';
import { parseEntry, type RejectionReason, type StreamEntry } from './parse-entry.ts';

export interface RejectedEntry {
  readonly entry: StreamEntry;
  readonly reason: RejectionReason;
}

/** What a batch of entries says, sorted by mission. */
export interface Batch {
  readonly entries: number;
  readonly lastId: string;
  /** What happened to each mission, in the order of the entries. */
  readonly missions: ReadonlyMap<string, readonly Happening[]>;
  /** Entries that name no mission, or are of a type unknown here: counted, and no more. */
  readonly unattributed: readonly MissionEvent[];
  readonly rejected: readonly RejectedEntry[];
  readonly retimed: number;
}

/** Reads entries; a pure function of them and of the clock that tells a timestamp from the future. */
export const readBatch = (entries: readonly StreamEntry[], nowMs: number): Batch => {
  const missions = new Map<string, Happening[]>();
  const unattributed: MissionEvent[] = [];
  const rejected: RejectedEntry[] = [];
  let retimed = 0;
  for (const entry of entries) {
    const event = parseEntry(entry, nowMs);
    if ('reason' in event) {
      rejected.push({ entry, reason: event.reason });
      continue;
    }
    if (event.retimed) retimed += 1;
    if (event.missionId === undefined || event.kind === 'other') {
      unattributed.push(event);
      continue;
    }
    const known = missions.get(event.missionId);
    if (known === undefined) missions.set(event.missionId, [event as Happening]);
    else known.push(event as Happening);
  }
  const lastId = entries.at(-1)?.[0] ?? '0-0';
  return { entries: entries.length, lastId, missions, unattributed, rejected, retimed };
};
