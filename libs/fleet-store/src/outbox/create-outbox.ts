import type { FleetRedis } from '../connect-redis.ts';
import { keys } from '../keys.ts';
import type { NewOutboxEntry, StoredOutboxEntry } from './outbox-entry.ts';
import { OutboxFullError, OutboxLeaseLostError } from './outbox-errors.ts';
import {
  adoptScript,
  appendScript,
  attemptedScript,
  leaseScript,
  releaseScript,
  removeScript,
  renewScript,
} from './outbox-scripts.ts';
import { parseOutboxEntry } from './parse-outbox-entry.ts';

/** The right to relay the outbox. What a holder writes after losing it is refused. */
export interface OutboxLease {
  readonly token: number;
  /** False when another process may hold the lease. */
  renew(): Promise<boolean>;
  release(): Promise<void>;
}

/** Events that JetStream has not confirmed, kept in Redis for whichever process can relay them. */
export interface OutboxStore {
  /** Rejects with an `OutboxFullError` when there is no room for what is not expendable; then nothing is kept. */
  append(entries: readonly NewOutboxEntry[]): Promise<{ leftOut: number }>;
  depth(): Promise<{ entries: number; oldestAgeMs: number | null }>;
  /** `null` while another process holds it. */
  lease(holder: string, ttlMs: number): Promise<OutboxLease | null>;
  /** Oldest first, those behind the entry of the key `after` when that is given. */
  read(limit: number, after?: string): Promise<StoredOutboxEntry[]>;
  /** Rejects with an `OutboxLeaseLostError` when the lease is lost. */
  attempted(entryKeys: readonly string[], lease: Pick<OutboxLease, 'token'>): Promise<void>;
  /** Rejects with an `OutboxLeaseLostError` when the lease is lost. */
  remove(entryKeys: readonly string[], lease: Pick<OutboxLease, 'token'>): Promise<void>;
}

/** Expendable events may fill so much of the outbox. */
const expendableShare = 0.75;

const adoptedAtOnce = 500;

export interface OutboxOptions {
  /** Default 200,000. */
  readonly maxEntries?: number;
  /**
   * Whose events these are, the first word of their types: who may publish one family need not be allowed the others.
   * Without it the outbox is of all, as every service's was once; what is left there moves to its family's when that is
   * looked at.
   */
  readonly family?: string;
}

/** The outbox in Redis: a stream of at most `maxEntries` events. Every method rejects at once while Redis is away. */
export const createOutbox = (
  redis: FleetRedis,
  { maxEntries = 200_000, family }: OutboxOptions = {},
): OutboxStore => {
  const entriesKey = keys.outbox(family);
  const attemptsKey = keys.outboxAttempts(family);
  const leaseKey = keys.outboxLease(family);

  const adopt = async (): Promise<void> => {
    if (family === undefined || (await redis.commands.xlen(keys.outbox())) === 0) return;
    const from = [keys.outbox(), keys.outboxAttempts()];
    let start: string | null = '-';
    while (start !== null) {
      const args: (string | number)[] = [family, start, adoptedAtOnce];
      const last: string | null = await adoptScript.run(redis, [...from, entriesKey, attemptsKey], args);
      start = last === null ? null : `(${last}`;
    }
  };

  const held = (answer: number): void => {
    if (answer === 0) throw new OutboxLeaseLostError();
  };

  return {
    async append(entries) {
      const limits = [maxEntries, Math.floor(maxEntries * expendableShare)];
      const args = entries.flatMap(({ id, subject, bytes, at, expendable, attempted }) => [
        id,
        subject,
        Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
        at,
        Number(expendable),
        Number(attempted),
      ]);
      const leftOut = await appendScript.run(redis, [entriesKey, attemptsKey], [...limits, ...args]);
      if (leftOut < 0) throw new OutboxFullError(maxEntries);
      return { leftOut };
    },

    async depth() {
      await adopt();
      const [entries, [oldest]] = await Promise.all([
        redis.commands.xlen(entriesKey),
        redis.commands.xrangeBuffer(entriesKey, '-', '+', 'COUNT', 1),
      ]);
      const at = oldest && parseOutboxEntry(oldest, null).at;
      return { entries, oldestAgeMs: at === undefined ? null : Math.max(0, Date.now() - at) };
    },

    async lease(holder, ttlMs) {
      const token = await leaseScript.run(redis, [leaseKey, keys.outboxFence(family)], [ttlMs, holder]);
      if (token === 0) return null;
      return {
        token,
        renew: async () => (await renewScript.run(redis, [leaseKey], [token, ttlMs])) === 1,
        release: async () => {
          await releaseScript.run(redis, [leaseKey], [token]);
        },
      };
    },

    async read(limit, after) {
      const start = after === undefined ? '-' : `(${after}`;
      const found = await redis.commands.xrangeBuffer(entriesKey, start, '+', 'COUNT', limit);
      if (found.length === 0) return [];
      const attempts = await redis.commands.hmget(attemptsKey, ...found.map(([key]) => key.toString()));
      return found.map((entry, index) => parseOutboxEntry(entry, attempts[index] ?? null));
    },

    async attempted(entryKeys, { token }) {
      held(await attemptedScript.run(redis, [leaseKey, attemptsKey], [token, Date.now(), ...entryKeys]));
    },

    async remove(entryKeys, { token }) {
      held(await removeScript.run(redis, [leaseKey, entriesKey, attemptsKey], [token, ...entryKeys]));
    },
  };
};
