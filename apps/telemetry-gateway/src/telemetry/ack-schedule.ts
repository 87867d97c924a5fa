import { saveSessions, type FleetRedis, type SessionSave } from '@fleet/fleet-store';

import { PacedRounds } from './paced-rounds.ts';
import type { Acknowledgement } from './sequence-ledger.ts';
import type { OpenedSession, Sessions } from './sessions.ts';

/** A connection to be told what is stored. */
export interface Acknowledged {
  readonly session: OpenedSession;
  readonly isOpen: boolean;
  acknowledge(acknowledgement: Acknowledgement): void;
  /** A newer connection has the session: this one can confirm nothing any more. */
  takenOver(): void;
}

/** Robots wait for these: a round that had to wait for Redis is no reason to let them wait on. */
const pace = { minGapMs: 5, maxGapMs: 10 };
const maxUnsaved = 50_000;
const retryMs = 1000;

/**
 * Confirms to all robots what is stored, in rounds: the numbers are saved in Redis first, in one round trip, so that
 * whichever instance the robot connects to next knows what it was told. While Redis is away the robots are told all
 * the same, for the samples are stored; the numbers are saved when it is back.
 */
export class AckSchedule {
  readonly #redis: FleetRedis;
  readonly #sessions: Sessions;
  readonly #ttlSeconds: number;
  readonly #rounds = new PacedRounds(() => this.#confirm(), pace);
  readonly #offStatus: () => void;
  #due = new Set<Acknowledged>();
  #retry: NodeJS.Timeout | undefined;
  readonly #unsaved = new Set<Acknowledged>();

  constructor(redis: FleetRedis, sessions: Sessions, options: { ttlSeconds: number }) {
    this.#redis = redis;
    this.#sessions = sessions;
    this.#ttlSeconds = options.ttlSeconds;
    this.#offStatus = redis.onStatus((status) => {
      if (status === 'ready') void this.#saveUnsaved();
    });
  }

  /** Something was stored, or was sent again and is stored already. */
  due(connection: Acknowledged): void {
    this.#due.add(connection);
    this.#rounds.request();
  }

  /** Confirms what is due now, without waiting for the pace. */
  flush(): Promise<void> {
    return this.#rounds.flush();
  }

  async stop(): Promise<void> {
    this.#offStatus();
    await this.flush();
    clearTimeout(this.#retry);
  }

  async #confirm(): Promise<void> {
    const due = [...this.#due];
    this.#due = new Set();
    const confirmed: { connection: Acknowledged; acknowledgement: Acknowledgement }[] = [];
    const saved: { connection: Acknowledged; acknowledgement: Acknowledgement }[] = [];
    const saves: SessionSave[] = [];
    for (const connection of due) {
      const { hold, ledger, isKnown } = connection.session;
      const acknowledgement = ledger.acknowledgement();
      if (acknowledgement === undefined) continue;
      // What a closed connection knows is saved for the next one, and takes the session from nobody.
      if (hold !== undefined && (isKnown || !connection.isOpen) && this.#redis.status === 'ready') {
        saves.push({ ...hold, numbers: ledger.numbers(), isOver: !connection.isOpen });
        saved.push({ connection, acknowledgement });
      } else {
        if (hold !== undefined) this.#remember(connection);
        confirmed.push({ connection, acknowledgement });
      }
    }
    for (const { connection, acknowledgement } of confirmed) connection.acknowledge(acknowledgement);
    if (saves.length === 0) return;
    const outcomes = await saveSessions(this.#redis, saves, this.#ttlSeconds);
    for (const [index, { connection, acknowledgement }] of saved.entries()) {
      const outcome = outcomes[index];
      if (outcome === 'taken_over') connection.takenOver();
      else {
        if (outcome === 'behind') void this.#catchUp(connection);
        if (outcome === 'away') this.#remember(connection);
        connection.acknowledge(acknowledgement);
      }
    }
  }

  /** Another connection confirmed numbers of this session while Redis was away, and has told them since. */
  async #catchUp(connection: Acknowledged): Promise<void> {
    if (!connection.isOpen) return;
    await this.#sessions.synchronize(connection.session);
    this.due(connection);
  }

  /** Saved when Redis is back; or soon, when it is there and still did not take it. */
  #remember(connection: Acknowledged): void {
    if (this.#unsaved.size < maxUnsaved) this.#unsaved.add(connection);
    if (this.#redis.status !== 'ready') return;
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined;
      void this.#saveUnsaved();
    }, retryMs);
  }

  async #saveUnsaved(): Promise<void> {
    const unsaved = [...this.#unsaved];
    this.#unsaved.clear();
    for (const connection of unsaved) {
      const { session } = connection;
      // Opening takes the session from its holder: only a connection that is still there may.
      if (!session.isKnown && connection.isOpen) await this.#sessions.synchronize(session);
      this.due(connection);
    }
  }
}
