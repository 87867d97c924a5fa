/**
 * Why an event was not stored:
 * - `too_large`: beyond the server's `max_payload` or the stream's `max_msg_size`;
 * - `permission`: this user may not publish on the subject;
 * - `no_stream`: no stream captures the subject, and none could be made;
 * - `stream_full`: the stream is full and discards what is new;
 * - `wrong_sequence`: the stream was not where the publisher expected it;
 * - `invalid`: the payload is none that the catalogue allows;
 * - `storage`: the server could not write, again and again;
 * - `overflow`: this process holds as much as it may;
 * - `aborted`, `closed`: the caller gave up, or the event stream was closed first;
 * - `refused`: any other refusal of the server.
 */
export type PublishErrorKind =
  | 'too_large'
  | 'permission'
  | 'no_stream'
  | 'stream_full'
  | 'wrong_sequence'
  | 'invalid'
  | 'storage'
  | 'overflow'
  | 'aborted'
  | 'closed'
  | 'refused';

/**
 * An event that `publish` did not see stored. After `aborted` and `closed` it may have been stored all the same:
 * publish it again with the same id.
 */
export class PublishError extends Error {
  readonly kind: PublishErrorKind;
  readonly subject: string;
  /** JetStream's `err_code`, when the server refused. */
  readonly code: number | undefined;

  constructor(
    kind: PublishErrorKind,
    subject: string,
    detail: string,
    options?: ErrorOptions & { code?: number },
  ) {
    super(`${subject}: ${detail}`, options);
    this.name = 'PublishError';
    this.kind = kind;
    this.subject = subject;
    this.code = options?.code;
  }
}

/** There is no event stream: no server is configured. */
export class EventStreamDisabledError extends Error {
  constructor() {
    super('EventStream not available: no server is configured (NATS_URL)');
    this.name = 'EventStreamDisabledError';
  }
}
