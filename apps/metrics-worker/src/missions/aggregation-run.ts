import type {
  MissionHead,
  MissionStore,
  MissionStream,
  StoredMission,
  StreamFacts,
} from '@fleet/fleet-store';

import { LostLeaseError } from '../jobs/lost-lease-error.ts';
import { readBatch, type Batch } from './batch.ts';
import { entryTimeMs } from './event-time.ts';
import { foldWindows, sumOf, type Retention } from './fold-windows.ts';
import { describeRejected } from './describe-rejected.ts';
import { judgeFailures, type OfflineSince } from './judge-failures.ts';
import type { StreamEntry } from './parse-entry.ts';
import { reduceBatch, type BatchEffect } from './reduce-batch.ts';

export interface AggregationParts {
  readonly store: MissionStore;
  readonly stream: MissionStream;
  readonly offlineSince: OfflineSince;
  readonly retention: Retention;
  /** Histories of ended missions are kept for this many, and the half of it at least. */
  readonly endedKept: number;
  readonly log: { warn(fields: object, message: string): void };
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Told of each batch once it is stored. */
  readonly onApplied?: (batch: Batch, effect: BatchEffect, missed: number) => void;
}

/** Ended missions are remembered for at least a day, unless more come than are kept. */
const generationMs = 86_400_000;

/** A batch whose missions, and robots, are being looked up. */
export interface BegunBatch {
  readonly batch: Batch;
  /** The batch again, its failures told apart. */
  readonly judged: Promise<Batch>;
  readonly nowMs: number;
  readonly stored: Promise<ReadonlyMap<string, StoredMission> | null>;
}

/** Where the stream stands once a batch is applied. */
interface BatchEnd {
  readonly to: string;
  readonly asOfMs: number;
  readonly missed: number;
}

/**
 * One run's progress through the stream. A batch may begin before the one before it is applied, but not sooner: what was
 * looked up for it lacks that one's effect, which is laid over it here. The connection keeps the order, and what is looked
 * up says where the cursor stood, so a write that came to nothing is found out before it matters.
 */
export class AggregationRun {
  readonly sums = { processed: 0, rejected: 0, missed: 0 };
  readonly #parts: AggregationParts;
  readonly #fence: number;
  readonly #startedAt: string;
  /** As it is when everything sent is applied. */
  #head: MissionHead;
  #firstReadId: string | undefined;
  #writing: Promise<void> | undefined;
  /** The missions of the last batch that was sent, as it leaves them. */
  #latest: ReadonlyMap<string, StoredMission> = new Map();
  #failure: { error: unknown } | undefined;

  constructor(parts: AggregationParts, head: MissionHead, fence: number) {
    this.#parts = parts;
    this.#head = head;
    this.#fence = fence;
    this.#startedAt = head.cursor;
  }

  get cursor(): string {
    return this.#head.cursor;
  }

  /** How many entries of the stream were read before the next one. */
  get read(): number {
    return this.#head.read;
  }

  /** Parses entries and asks for what is known of their missions. */
  async begin(entries: readonly StreamEntry[]): Promise<BegunBatch> {
    const nowMs = this.#parts.now();
    await this.#rotate(nowMs);
    this.#firstReadId ??= entries[0]?.[0];
    const batch = readBatch(entries, nowMs);
    const { generation, cursor } = this.#head;
    const stored = this.#parts.store.missions([...batch.missions.keys()], generation, cursor);
    const judged = judgeFailures(batch, this.#parts.offlineSince);
    for (const asked of [stored, judged]) asked.catch(() => undefined);
    return { batch, judged, nowMs, stored };
  }

  /** Reduces a batch and sends it. */
  async apply(begun: BegunBatch): Promise<void> {
    const { lastId } = begun.batch;
    const asOfMs = Math.min(entryTimeMs(lastId, begun.nowMs), begun.nowMs);
    await this.#apply(begun, { to: lastId, asOfMs, missed: 0 });
  }

  /** The last batch: with it the cursor is where the stream's end was when the run looked. */
  async applyLast(begun: BegunBatch, facts: StreamFacts | null, lookedAtMs: number): Promise<void> {
    const read = this.#head.read + begun.batch.entries;
    const missed = facts === null ? 0 : Math.max(0, facts.added - read);
    this.#firstReadId ??= facts?.firstId ?? undefined;
    await this.#apply(begun, { to: facts?.lastId ?? this.cursor, asOfMs: lookedAtMs, missed });
  }

  /** Waits until no write is under way. Never throws. */
  async settle(): Promise<void> {
    await this.#writing;
  }

  throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #apply({ judged, nowMs, stored }: BegunBatch, end: BatchEnd): Promise<void> {
    const { store, retention } = this.#parts;
    const [batch, found] = await Promise.all([judged, stored]);
    this.throwIfFailed();
    if (found === null) throw new LostLeaseError();
    const effect = reduceBatch(batch, this.#withLatest(found, batch));
    const buckets = foldWindows(effect.windows, retention, nowMs);
    await this.settle();
    this.throwIfFailed();
    const head = this.#head;
    const rejected = batch.rejected.length;
    const counts = { processed: batch.entries - rejected, rejected, missed: end.missed };
    const newHead = {
      ...head,
      cursor: end.to,
      read: head.read + batch.entries + end.missed,
      generationSize: head.generationSize + effect.ended.length,
      knownFromMs: head.knownFromMs ?? this.#firstTimeMs(end.asOfMs, nowMs),
    };
    const changes = { ...counts, read: batch.entries + end.missed, retimed: batch.retimed };
    const applying = store.apply({
      fence: this.#fence,
      from: head.cursor,
      to: end.to,
      headChanges: Object.entries(changes).filter(([, change]) => change !== 0),
      headValues: [
        ['as_of_ms', end.asOfMs],
        ['known_from_ms', newHead.knownFromMs],
        ['generation_size', newHead.generationSize],
      ],
      totals: [...sumOf(effect.windows), ...effect.totals],
      open: effect.open,
      ended: effect.ended,
      noLongerOpen: effect.noLongerOpen,
      generation: head.generation,
      rejected: batch.rejected.map((each) => describeRejected(each, nowMs)),
      gaps: this.#gaps(end, nowMs),
      buckets,
    });
    const isFirst = this.#writing === undefined;
    this.#head = newHead;
    this.#latest = missionsAfter(effect);
    this.#writing = applying.then(
      (outcome) => {
        if (outcome !== 'applied') this.#failure ??= { error: new LostLeaseError() };
        else this.#applied(batch, effect, counts);
      },
      (error: unknown) => {
        this.#failure ??= { error };
      },
    );
    // The server may not know the script yet, and then it is sent twice: nothing must overtake it.
    if (isFirst) await this.settle();
    this.throwIfFailed();
  }

  #withLatest(
    found: ReadonlyMap<string, StoredMission>,
    { missions }: Batch,
  ): ReadonlyMap<string, StoredMission> {
    if (this.#latest.size === 0) return found;
    const known = new Map(found);
    for (const missionId of missions.keys()) {
      const latest = this.#latest.get(missionId);
      if (latest !== undefined) known.set(missionId, latest);
    }
    return known;
  }

  #applied(batch: Batch, effect: BatchEffect, counts: typeof this.sums): void {
    this.sums.processed += counts.processed;
    this.sums.rejected += counts.rejected;
    this.sums.missed += counts.missed;
    this.#parts.onApplied?.(batch, effect, counts.missed);
  }

  /** Where entries are missing: between the last one read before this run and the first one read in it. */
  #gaps({ missed, to }: BatchEnd, nowMs: number): string[] {
    if (missed === 0 || this.#startedAt === '0-0') return [];
    const fromMs = entryTimeMs(this.#startedAt, nowMs);
    const toMs = entryTimeMs(this.#firstReadId ?? to, nowMs);
    return [JSON.stringify({ from_ms: fromMs, to_ms: toMs, missed })];
  }

  #firstTimeMs(elseMs: number, nowMs: number): number {
    return this.#firstReadId === undefined ? elseMs : entryTimeMs(this.#firstReadId, nowMs);
  }

  async #rotate(nowMs: number): Promise<void> {
    const { generation, generationSize, generationSinceMs } = this.#head;
    const isOld = generationSize > 0 && nowMs - generationSinceMs > generationMs;
    if (generationSinceMs !== 0 && !isOld && generationSize * 2 < this.#parts.endedKept) return;
    await this.settle();
    this.throwIfFailed();
    if (!(await this.#parts.store.rotate(this.#fence, generation + 1, nowMs))) throw new LostLeaseError();
    this.#head = {
      ...this.#head,
      generation: generation + 1,
      generationSize: 0,
      generationSinceMs: nowMs,
    };
  }
}

const missionsAfter = ({ open, ended }: BatchEffect): ReadonlyMap<string, StoredMission> => {
  const missions = new Map<string, StoredMission>();
  for (const [missionId, history] of open) missions.set(missionId, { isOpen: true, history });
  for (const [missionId, history] of ended) missions.set(missionId, { isOpen: false, history });
  return missions;
};
