/** A sample that no gateway would take; it was neither buffered nor sent. */
export class InvalidSampleError extends Error {
  override readonly name = 'InvalidSampleError';
  readonly path: string | undefined;

  constructor(detail: string, path: string | undefined) {
    super(path === undefined ? detail : `${path}: ${detail}`);
    this.path = path;
  }
}

/** The gateway refused the sample for good: it is not sent again. */
export class SampleRefusedError extends Error {
  override readonly name = 'SampleRefusedError';
  /** One of the protocol's error codes, or `message_too_large` for one above the gateway's `max_message_bytes`. */
  readonly code: string;
  readonly seq: number;
  readonly path: string | undefined;

  constructor(refused: { code: string; detail: string; seq: number; path?: string | undefined }) {
    super(`${refused.code}: ${refused.detail}`);
    this.code = refused.code;
    this.seq = refused.seq;
    this.path = refused.path;
  }
}

/** The buffer was full and the sample was the oldest in it. If it had been sent before, it may be stored all the same. */
export class SampleDroppedError extends Error {
  override readonly name = 'SampleDroppedError';
  readonly seq: number;

  constructor(seq: number) {
    super(`sample ${seq} was dropped: the buffer is full and keeps the newest`);
    this.seq = seq;
  }
}

/** The buffer is full and keeps what it has; this sample was not taken. */
export class BufferFullError extends Error {
  override readonly name = 'BufferFullError';

  constructor() {
    super('the buffer is full: wait until the gateway has confirmed some samples');
  }
}

/** The buffer could not write the sample down; it was not taken. */
export class BufferWriteError extends Error {
  override readonly name = 'BufferWriteError';
}

/** The client was closed before the gateway confirmed the sample. A buffer on disk keeps it for the next start. */
export class ClientClosedError extends Error {
  override readonly name = 'ClientClosedError';

  constructor() {
    super('the client is closed');
  }
}

/** The buffer belongs to another robot or session than the one asked for. */
export class BufferMismatchError extends Error {
  override readonly name = 'BufferMismatchError';
}
