import { setTimeout as pause } from 'node:timers/promises';

import { openSession, type FleetRedis, type SessionHold } from '@fleet/fleet-store';

import { SequenceLedger } from './sequence-ledger.ts';
import type { ComparisonOutcome, StoredNumbers } from './stored-numbers.ts';
import { within } from './within.ts';

/** The numbers that a connection goes on from. */
export interface OpenedSession {
  readonly ledger: SequenceLedger;
  /** Missing for a robot that names no session: its numbers end with the connection. */
  readonly hold?: SessionHold | undefined;
  /** Whether Redis was asked: a session opened while it was away is opened again when it is back. */
  isKnown: boolean;
}

export interface SessionsOptions {
  readonly ttlSeconds: number;
  /** How long Redis may take to answer. */
  readonly openWithinMs: number;
  readonly stored: Pick<StoredNumbers, 'compare'>;
  readonly onCompared: (outcome: ComparisonOutcome) => void;
  readonly onGivenUp: (count: number) => void;
}

const maxRemembered = 50_000;
/** Between two times of asking, while nobody answers. */
const minPauseMs = 50;
const maxPauseMs = 1600;

/**
 * Opens sessions: from Redis, or from what this instance remembers while Redis is away, and in either case with what the
 * event stream has beyond that.
 */
export class Sessions {
  readonly #redis: FleetRedis;
  readonly #options: SessionsOptions;
  readonly #remembered = new Map<string, SequenceLedger>();

  constructor(redis: FleetRedis, options: SessionsOptions) {
    this.#redis = redis;
    this.#options = options;
  }

  /**
   * Waits for as long as neither Redis nor the stream says what is stored of the session and the robot is there: one that
   * was told too little would give its new samples the numbers of stored ones, and as those they would be confirmed. Takes
   * some seconds at most otherwise, and never rejects. From here on no older connection can save or confirm.
   *
   * @param isWanted whether the robot is still there
   */
  async open(hold: SessionHold | undefined, isWanted: () => boolean): Promise<OpenedSession> {
    const ledger = new SequenceLedger(undefined, this.#options.onGivenUp);
    if (hold === undefined) return { ledger, isKnown: true };
    const opened = { ledger, hold, isKnown: false };
    // Joined, since a template would keep its pieces.
    const key = [hold.robotId, hold.session].join('/');
    const remembered = this.#remembered.get(key);
    if (remembered !== undefined) ledger.absorb(remembered.numbers());
    let outcome = await this.#learn(opened, hold);
    let pauseMs = minPauseMs;
    while (outcome === 'unanswered' && !opened.isKnown) {
      await pause(pauseMs * (0.5 + Math.random() / 2));
      if (!isWanted()) return opened;
      pauseMs = Math.min(2 * pauseMs, maxPauseMs);
      outcome = await this.#learn(opened, hold);
    }
    this.#options.onCompared(outcome);
    this.#remembered.delete(key);
    this.#remembered.set(key, opened.ledger);
    for (const oldest of this.#remembered.keys()) {
      if (this.#remembered.size <= maxRemembered) break;
      this.#remembered.delete(oldest);
    }
    return opened;
  }

  /** Takes in what Redis and the stream have to say. */
  async #learn(opened: OpenedSession, hold: SessionHold): Promise<ComparisonOutcome> {
    const { ledger } = opened;
    const untilKnown = this.synchronize(opened).then(() => ledger);
    const { outcome, numbers } = await this.#options.stored.compare(hold, untilKnown);
    await untilKnown;
    if (numbers !== undefined) ledger.absorb(numbers);
    return outcome;
  }

  /** Takes the session and takes in what Redis knows of it, if Redis answers. */
  async synchronize(opened: OpenedSession): Promise<void> {
    if (opened.hold === undefined || this.#redis.status !== 'ready') return;
    const { ttlSeconds, openWithinMs } = this.#options;
    try {
      const numbers = await within(openWithinMs, openSession(this.#redis, opened.hold, ttlSeconds));
      for (const each of numbers) opened.ledger.absorb(each);
      opened.isKnown = true;
    } catch {
      // Redis went away meanwhile, and says so itself, or is too slow; the session stays unknown.
    }
  }
}
