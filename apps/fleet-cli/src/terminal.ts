import type { Writable } from 'node:stream';

/** The world of a command: what it writes to, what it is told, and how it is asked to end. */
export interface Terminal {
  readonly stdout: Writable;
  readonly stderr: NodeJS.WritableStream;
  readonly errorIsTerminal: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by the first Ctrl-C, or SIGTERM. */
  readonly interrupted: AbortSignal;
}
