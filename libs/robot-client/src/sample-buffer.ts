import { randomSessionName } from './session-name.ts';

/** A sample that waits: `body` is its JSON without the opening brace and the `seq`. */
export interface BufferedSample {
  readonly seq: number;
  readonly body: string;
}

/** What an earlier life left in a buffer. */
export interface RestoredBuffer {
  readonly session: string;
  readonly nextSeq: number;
  /** Ascending by `seq`. */
  readonly samples: readonly BufferedSample[];
  /** Lines that could not be read. */
  readonly unreadable: number;
}

/**
 * Where unconfirmed samples are written down. The client holds them in memory in any case and reads the buffer once, at
 * its start: what a buffer adds is that they survive the process.
 */
export interface SampleBuffer {
  /** @throws {BufferMismatchError} when it holds samples of another robot, or of another session than the one asked for */
  open(owner: { robotId: string; session: string | undefined }): RestoredBuffer;
  /** Returns once the sample is as safe as the buffer makes it; throws when it is not. */
  append(sample: BufferedSample): void;
  /** These need not be kept: a buffer that still has some of them after a crash only makes the robot send them twice. */
  settle(seqs: readonly number[]): void;
  /** Every sample from `fromSeq` on is called `by` more from now on, the next new one too. */
  renumber(fromSeq: number, by: number): void;
  close(): void;
}

/** Keeps nothing beyond the process. */
export const createMemoryBuffer = (): SampleBuffer => ({
  open: ({ session }) => ({
    session: session ?? randomSessionName(),
    nextSeq: 1,
    samples: [],
    unreadable: 0,
  }),
  append: () => undefined,
  settle: () => undefined,
  renumber: () => undefined,
  close: () => undefined,
});
