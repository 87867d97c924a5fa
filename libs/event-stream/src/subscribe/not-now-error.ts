/**
 * Thrown by a handler: the event cannot be handled here for now, which says nothing about it. It comes again, here or
 * elsewhere, and nothing is logged.
 */
export class NotNowError extends Error {
  constructor(options?: ErrorOptions) {
    super('not now', options);
    this.name = 'NotNowError';
  }
}
