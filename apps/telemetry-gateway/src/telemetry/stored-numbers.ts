import type { EventStream, Tailed } from '@fleet/event-stream';
import type { SessionHold, SessionNumbers } from '@fleet/fleet-store';
import { containsSeq, mergeRanges, subtractRanges, type SeqRanges } from '@fleet/robot-protocol';

import { createSampleIds } from './sample-id.ts';
import { within } from './within.ts';

/**
 * `same`: the stream's newest sample of the robot is known, or of another session. `completed`: it was not, and all
 * before it was read. `unfinished`: its newest sample is known, and not all before it could be read in time. `unanswered`:
 * there is no stream, or it did not tell in time.
 */
export type ComparisonOutcome = 'same' | 'completed' | 'unfinished' | 'unanswered';

export interface Comparison {
  readonly outcome: ComparisonOutcome;
  /** What the stream has of the session. */
  readonly numbers?: SessionNumbers | undefined;
}

export interface KnownNumbers {
  readonly last: number;
  readonly missing: SeqRanges;
}

const newestWithinMs = 1000;
const allWithinMs = 5000;
const atOnce = 16;
const maxAgeMs = 3_600_000;

/**
 * Compares what is known of a session with what the event stream holds. They differ when a gateway died between a
 * sample's being stored and its number's being saved: for some milliseconds, or for as long as Redis was away. What a
 * gateway stores of a robot it saves in the same order. So where the newest sample is known nothing is missing, and
 * where it is not, the way back ends at the first that is.
 */
export class StoredNumbers {
  readonly #stream: Pick<EventStream, 'enabled' | 'lookUp' | 'ready'>;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(stream: Pick<EventStream, 'enabled' | 'lookUp' | 'ready'>) {
    this.#stream = stream;
  }

  /**
   * Asks the stream at once for the newest sample of the robot, and compares it with what is known by then. Never rejects.
   * One question where nothing differs; some seconds at most.
   */
  async compare({ robotId, session }: SessionHold, untilKnown: Promise<KnownNumbers>): Promise<Comparison> {
    if (!this.#stream.enabled || !this.#stream.ready) return { outcome: 'unanswered' };
    const idOf = createSampleIds(`${robotId}/${session}`);
    const seqOf = ({ event }: Tailed): number | undefined => {
      const seq = event?.type === 'telemetry.data_received' ? event.payload.seq : undefined;
      return seq !== undefined && event?.id === idOf(seq) ? seq : undefined;
    };
    const ask: Ask = (from) => this.#stream.lookUp('telemetry.data_received', robotId, from);
    const asked = Promise.all([within(newestWithinMs, ask('newest')), untilKnown]);
    const answers = await asked.catch(() => undefined);
    if (answers === undefined) return { outcome: 'unanswered' };
    const [newest, known] = answers;
    if (newest === undefined || standing(seqOf(newest), known) !== 'news') return { outcome: 'same' };
    return this.#inTurn(() => {
      const endsAt = performance.now() + allWithinMs;
      const askInTime: Ask = (from) => within(endsAt - performance.now(), ask(from));
      return readBack(askInTime, newest, known, seqOf);
    });
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < atOnce) this.#running += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}

type Ask = (from: number | 'newest') => Promise<Tailed | undefined>;
type SeqOf = (sample: Tailed) => number | undefined;

const standing = (seq: number | undefined, known: KnownNumbers): 'news' | 'known' | 'foreign' => {
  if (seq === undefined) return 'foreign';
  return seq > known.last || containsSeq(known.missing, seq) ? 'news' : 'known';
};

/** Reads what is stored between the newest sample that is known and the newest of all. */
const readBack = async (ask: Ask, newest: Tailed, known: KnownNumbers, seqOf: SeqOf): Promise<Comparison> => {
  const runs: [number, number][] = [];
  const found = (sample: Tailed): void => {
    const seq = seqOf(sample);
    const run = runs.at(-1);
    if (seq === undefined) return;
    if (run?.[1] === seq - 1) run[1] = seq;
    else runs.push([seq, seq]);
  };
  let outcome: ComparisonOutcome = 'completed';
  try {
    let at = await beginning(ask, newest, known, seqOf);
    while (at < newest.sequence) {
      const sample = await ask(at);
      if (sample === undefined) break;
      found(sample);
      at = sample.sequence + 1;
    }
  } catch {
    outcome = 'unfinished';
  }
  found(newest);
  const stored = mergeRanges(runs);
  const last = stored.at(-1)?.[1] ?? 0;
  return { outcome, numbers: { last, missing: subtractRanges([[1, last]], stored), lost: 0 } };
};

/** Goes back in steps that double, up to a sample that is known or was stored long before. */
const beginning = async (ask: Ask, newest: Tailed, known: KnownNumbers, seqOf: SeqOf): Promise<number> => {
  for (let step = 1; step < newest.sequence; step *= 2) {
    const sample = await ask(newest.sequence - step);
    const isOld = sample !== undefined && newest.storedAt - sample.storedAt > maxAgeMs;
    if (isOld || (sample !== undefined && standing(seqOf(sample), known) === 'known')) return sample.sequence;
  }
  return 1;
};
