import { attemptsOf } from './attempts.ts';
import type { Batch } from './batch.ts';
import { decodeHistory, encodeHistory } from './encode-history.ts';
import { addToHistory, historyOf, type MissionHistory } from './mission-history.ts';
import { Tally } from './tally.ts';
import { WindowChange } from './window-change.ts';

/** Where a mission's history was found, and what it was. */
export interface StoredHistory {
  readonly isOpen: boolean;
  readonly history: string;
}

/** The effect of a batch on what is stored. */
export interface BatchEffect {
  readonly windows: WindowChange;
  /** Changes of all-time counters that are not the sum of the windows. */
  readonly totals: Tally;
  /** Missions that are under way after the batch, with their histories. */
  readonly open: readonly (readonly [missionId: string, history: string])[];
  /** Missions that have ended. */
  readonly ended: readonly (readonly [missionId: string, history: string])[];
  /** Those of `ended` that were open before. */
  readonly noLongerOpen: readonly string[];
  /** How long each mission took that this batch ended, where known. */
  readonly durationsMs: readonly number[];
}

/**
 * What changes when `batch` comes on top of what is `stored`: for each mission the difference between what it counted
 * for before and what it counts for now. Since a history does not depend on the order of its entries, neither do the sums.
 */
export const reduceBatch = (batch: Batch, stored: ReadonlyMap<string, StoredHistory>): BatchEffect => {
  const windows = new WindowChange();
  const totals = new Tally();
  const open: [string, string][] = [];
  const ended: [string, string][] = [];
  const noLongerOpen: string[] = [];
  const durationsMs: number[] = [];

  for (const { kind, atMs } of batch.unattributed) windows.count(kind, atMs);
  for (const [missionId, happenings] of batch.missions) {
    const known = stored.get(missionId);
    let history: MissionHistory = known === undefined ? historyOf(happenings) : [];
    if (known !== undefined) {
      const before = decodeHistory(known.history);
      history = addToHistory(before, happenings);
      if (history === before) continue;
      for (const attempt of attemptsOf(before)) windows.countAttempt(attempt, -1);
    }
    const attempts = attemptsOf(history);
    for (const attempt of attempts) windows.countAttempt(attempt, 1);
    const last = attempts.at(-1);
    if (last?.end === undefined) {
      open.push([missionId, encodeHistory(history)]);
      if (known?.isOpen !== true) totals.add('in_flight', 1);
    } else {
      ended.push([missionId, encodeHistory(history)]);
      if (known?.isOpen !== false && last.durationMs !== undefined) durationsMs.push(last.durationMs);
      if (known?.isOpen === true) {
        totals.add('in_flight', -1);
        noLongerOpen.push(missionId);
      }
    }
  }
  return { windows, totals, open, ended, noLongerOpen, durationsMs };
};
