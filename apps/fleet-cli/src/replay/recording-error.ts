/** A recording that cannot be played; the message says where and why. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';

  constructor(path: string, line: number | undefined, detail: string, options?: ErrorOptions) {
    super(line === undefined ? `${path}: ${detail}` : `${path}:${line}: ${detail}`, options);
  }
}
