/** A producer has made an event that the catalogue does not allow: a mistake in the producer's code. */
export class InvalidEventError extends Error {
  readonly type: string;
  /** Where, as `payload.metrics.cpu_usage`; empty for the whole. */
  readonly path: string;

  constructor(type: string, path: string, detail: string) {
    super(`${type}: ${path || 'the event'}: ${detail}`);
    this.name = 'InvalidEventError';
    this.type = type;
    this.path = path;
  }
}

export type EventParseFailure =
  'not_utf8' | 'not_json' | 'invalid_envelope' | 'unknown_version' | 'unknown_type' | 'invalid_payload';

/** What was read is not an event of this Charter; reading it again cannot help. */
export class EventParseError extends Error {
  readonly failure: EventParseFailure;
  /** Where, as `payload.metrics.cpu_usage`; empty for the whole. */
  readonly path: string;

  constructor(failure: EventParseFailure, path: string, detail: string, options?: ErrorOptions) {
    super(`${failure}: ${path ? `${path}: ` : ''}${detail}`, options);
    this.name = 'EventParseError';
    this.failure = failure;
    this.path = path;
  }
}
