/** An event on its way into the outbox. */
export interface NewOutboxEntry {
  readonly id: string;
  readonly subject: string;
  readonly bytes: Uint8Array;
  /** May be left out when room is short. */
  readonly expendable: boolean;
  /** When the event was made, Unix milliseconds. */
  readonly at: number;
  /** It was sent before and never confirmed. */
  readonly attempted: boolean;
}

/** An event in the outbox. */
export interface StoredOutboxEntry {
  /** The id of the Redis stream's entry: grows with every entry. */
  readonly key: string;
  readonly id: string;
  readonly subject: string;
  readonly bytes: Uint8Array;
  /** When the event was made, Unix milliseconds. */
  readonly at: number;
  /** When it was last sent, Unix milliseconds; `null` if never. */
  readonly attemptedAt: number | null;
}
