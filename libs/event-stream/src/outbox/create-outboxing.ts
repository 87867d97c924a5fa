import type { RunningConnection } from '../connection/start-connection.ts';
import type { Log } from '../log.ts';
import type { Publisher } from '../publish/publisher.ts';
import { within } from '../within.ts';
import { Guard } from './guard.ts';
import type { Outbox } from './outbox.ts';
import { startRelay } from './relay.ts';

/** The outbox at work: what is unconfirmed goes in, and out again when the stream takes it. */
export interface Outboxing {
  readonly enabled: boolean;
  /** As last seen; `null` without an outbox or while it is away. */
  readonly depth: { readonly entries: number; readonly oldestAgeMs: number | null } | null;
  /** Moves all that is unconfirmed and durable to the outbox, and stops. */
  close(deadlineMs: number): Promise<void>;
}

const without: Outboxing = { enabled: false, depth: null, close: () => Promise.resolve() };

export const createOutboxing = (
  outbox: Outbox | undefined,
  parts: {
    readonly publisher: Publisher;
    readonly connection: RunningConnection;
    readonly log: Log;
    readonly instance: string;
    readonly afterMs: number;
  },
): Outboxing => {
  if (outbox === undefined) return without;
  const guard = new Guard(outbox, parts);
  const relay = startRelay(outbox, guard.detours, parts);
  return {
    enabled: true,
    get depth() {
      return relay.depth;
    },
    async close(deadlineMs) {
      const until = Date.now() + deadlineMs;
      // What the relay has begun concerns what is safe in the outbox: it may be left in the middle.
      await within(deadlineMs / 4, relay.stop());
      await guard.close(until - Date.now());
    },
  };
};
