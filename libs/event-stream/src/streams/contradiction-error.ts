/** A stream on the server contradicts what this service needs, and only a person can say which of the two is right. */
export class ContradictionError extends Error {
  readonly stream: string;

  constructor(stream: string, detail: string) {
    super(`the stream ${stream} on the server ${detail}`);
    this.name = 'ContradictionError';
    this.stream = stream;
  }
}
