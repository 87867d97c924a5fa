/** An event as a store of handled events knows it. */
export interface HandledEvent {
  readonly stream: string;
  /** When the stream was made, Unix milliseconds: a stream that is made anew counts from 1 again. */
  readonly streamCreatedAt: number;
  readonly sequence: number;
  readonly id: string;
}

/** A store of what each durable has handled: the sequence is the first key, the event's id the second. */
export interface HandledEvents {
  /** Rejects while the store is away. */
  seen(durable: string, event: HandledEvent): Promise<boolean>;
  remember(durable: string, event: HandledEvent): Promise<void>;
}
