import type { StreamFacts } from '@fleet/fleet-store';

import { LostLeaseError } from '../jobs/lost-lease-error.ts';
import { AggregationRun, type AggregationParts } from './aggregation-run.ts';
import { nextBatchSize } from './batch-size.ts';
import type { StreamEntry } from './parse-entry.ts';
import { positionIn } from './snapshot.ts';

export interface AggregationResult {
  readonly processed: number;
  readonly rejected: number;
  /** Entries that were trimmed before they were read. */
  readonly missed: number;
  readonly recreated: boolean;
}

/**
 * Reads everything that was in the stream when the run began and applies it batch by batch. Each batch is one atomic
 * step that also moves the cursor, so an entry counts once, whatever fails in between: the next run begins where the
 * last applied batch ended.
 * Throws a {@link LostLeaseError} when another holder has begun, and the signal's reason between two batches; no write
 * is under way when it ends.
 */
export const aggregateMissions = async (
  parts: AggregationParts,
  { fence, signal }: { fence: number; signal: AbortSignal },
): Promise<AggregationResult> => {
  const { store, stream, log, now } = parts;
  const begun = await store.begin(fence);
  if (begun === null) throw new LostLeaseError();
  let head = begun;
  const lookedAtMs = now();
  const facts = await stream.facts();
  const position = positionIn(facts, head);
  if (position === 'recreated') {
    log.warn({ cursor: head.cursor, facts }, 'mission stream was deleted and made anew');
    if (!(await store.restart(fence, head.cursor))) throw new LostLeaseError();
    head = { ...head, cursor: '0-0', read: 0 };
  }
  const run = new AggregationRun(parts, head, fence);
  try {
    const hasNew = facts !== null && (position === 'behind' || position === 'recreated');
    if (hasNew) await readAll(parts, run, facts, { signal, lookedAtMs });
    else await run.applyLast(await run.begin([]), facts, lookedAtMs);
  } finally {
    await run.settle();
  }
  run.throwIfFailed();
  return { ...run.sums, recreated: position === 'recreated' };
};

/**
 * While one batch is worked on the next two are on their way here, and the one before is being written: neither this
 * process nor Redis waits for the other.
 */
const readAll = async (
  { stream }: AggregationParts,
  run: AggregationRun,
  facts: StreamFacts,
  { signal, lookedAtMs }: { signal: AbortSignal; lookedAtMs: number },
): Promise<void> => {
  const reader = await stream.open(Math.min(facts.length, facts.added - run.read));
  /** What comes after these entries; undefined when there were fewer than asked for. */
  const readOn = (entries: readonly StreamEntry[], asked: number) => {
    if (entries.length < asked) return undefined;
    const size = nextBatchSize(entries);
    const reading = reader.read(lastIdOf(entries), facts.lastId, size);
    // Awaited below, unless applying fails first: then nobody waits for it any more.
    reading.catch(() => undefined);
    return { size, reading };
  };
  try {
    const size = nextBatchSize();
    const first = await reader.read(run.cursor, facts.lastId, size);
    let ahead = readOn(first, size);
    let begun = await run.begin(first);
    while (ahead !== undefined) {
      const entries: readonly StreamEntry[] = await ahead.reading;
      ahead = readOn(entries, ahead.size);
      const next = await run.begin(entries);
      await run.apply(begun);
      signal.throwIfAborted();
      begun = next;
    }
    await run.applyLast(begun, facts, lookedAtMs);
  } finally {
    reader.close();
  }
};

const lastIdOf = (entries: readonly StreamEntry[]): string => entries.at(-1)?.[0] ?? '0-0';
