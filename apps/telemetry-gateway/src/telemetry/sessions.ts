import { openSession, type FleetRedis, type SessionHold } from '@fleet/fleet-store';

import { SequenceLedger } from './sequence-ledger.ts';

/** The numbers that a connection goes on from. */
export interface OpenedSession {
  readonly ledger: SequenceLedger;
  /** Missing for a robot that names no session: its numbers end with the connection. */
  readonly hold?: SessionHold | undefined;
  /** Whether Redis was asked: a session opened while it was away is opened again when it is back. */
  isKnown: boolean;
}

const maxRemembered = 50_000;

/** Opens sessions: from Redis, or from what this instance remembers while Redis is away. */
export class Sessions {
  readonly #redis: FleetRedis;
  readonly #ttlSeconds: number;
  readonly #openWithinMs: number;
  readonly #remembered = new Map<string, SequenceLedger>();

  constructor(redis: FleetRedis, options: { ttlSeconds: number; openWithinMs: number }) {
    this.#redis = redis;
    this.#ttlSeconds = options.ttlSeconds;
    this.#openWithinMs = options.openWithinMs;
  }

  /** Never rejects and takes at most `openWithinMs`. From here on no older connection can save or confirm. */
  async open(hold: SessionHold | undefined): Promise<OpenedSession> {
    if (hold === undefined) return { ledger: new SequenceLedger(), isKnown: true };
    const opened = { ledger: new SequenceLedger(), hold, isKnown: false };
    const key = `${hold.robotId}/${hold.session}`;
    const remembered = this.#remembered.get(key);
    await this.synchronize(opened);
    if (remembered !== undefined) opened.ledger.absorb(remembered.numbers());
    this.#remembered.delete(key);
    this.#remembered.set(key, opened.ledger);
    for (const oldest of this.#remembered.keys()) {
      if (this.#remembered.size <= maxRemembered) break;
      this.#remembered.delete(oldest);
    }
    return opened;
  }

  /** Takes the session and takes in what Redis knows of it, if Redis answers. */
  async synchronize(opened: OpenedSession): Promise<void> {
    if (opened.hold === undefined || this.#redis.status !== 'ready') return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), this.#openWithinMs);
    });
    try {
      const numbers = await Promise.race([openSession(this.#redis, opened.hold, this.#ttlSeconds), late]);
      if (numbers === 'late') return;
      for (const each of numbers) opened.ledger.absorb(each);
      opened.isKnown = true;
    } catch {
      // Redis went away meanwhile, and says so itself; the session stays unknown.
    } finally {
      clearTimeout(timer);
    }
  }
}
