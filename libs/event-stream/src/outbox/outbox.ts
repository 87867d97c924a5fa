/** An event on its way to the outbox. */
export interface OutboxAppend {
  readonly id: string;
  readonly subject: string;
  /** The event as it goes over the wire. */
  readonly bytes: Uint8Array;
  /** May be left out when the outbox is short of room. */
  readonly expendable: boolean;
  /** When the event was emitted, Unix milliseconds. */
  readonly at: number;
  /** It may have reached the stream already: it was sent and never confirmed. */
  readonly attempted: boolean;
}

/** An event in the outbox. */
export interface OutboxEntry {
  /** The outbox's own name for the entry. */
  readonly key: string;
  readonly id: string;
  readonly subject: string;
  readonly bytes: Uint8Array;
  /** When the event was emitted, Unix milliseconds. */
  readonly at: number;
  /** When it was last sent to the stream, Unix milliseconds; `null` if never. */
  readonly attemptedAt: number | null;
}

/** The right to relay, held by one process at a time. */
export interface Lease {
  /** Grows with every holder: what an earlier one still tries is refused. */
  readonly token: number;
  /** False when the lease is lost. */
  renew(): Promise<boolean>;
  release(): Promise<void>;
}

/**
 * A store that outlives this process for events that JetStream has not confirmed. Every method rejects while the store
 * is away. `attempted` and `remove` reject with the store's error when the lease is no longer held.
 */
export interface Outbox {
  /** All of the entries or none, but for expendable ones, which an outbox short of room leaves out. Rejects when it is full. */
  append(entries: readonly OutboxAppend[]): Promise<{ readonly leftOut: number }>;
  depth(): Promise<{ entries: number; oldestAgeMs: number | null }>;
  /** `null` while another process holds it. */
  lease(holder: string, ttlMs: number): Promise<Lease | null>;
  /** Oldest first, those behind the entry of the key `after` when that is given. */
  read(limit: number, after?: string): Promise<OutboxEntry[]>;
  /** Notes that the entries are about to be sent. */
  attempted(keys: readonly string[], lease: Lease): Promise<void>;
  remove(keys: readonly string[], lease: Lease): Promise<void>;
}
