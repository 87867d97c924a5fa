/** The outbox holds as much as it may. */
export class OutboxFullError extends Error {
  readonly maxEntries: number;

  constructor(maxEntries: number) {
    super(`the outbox is full: it holds ${maxEntries} events that nobody could relay`);
    this.name = 'OutboxFullError';
    this.maxEntries = maxEntries;
  }
}

/** Another process relays now; what this one wanted to write was not written. */
export class OutboxLeaseLostError extends Error {
  constructor() {
    super('the lease of the outbox is held by another process');
    this.name = 'OutboxLeaseLostError';
  }
}
