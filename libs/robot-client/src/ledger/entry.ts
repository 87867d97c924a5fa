import type { BufferedSample } from '../sample-buffer.ts';
import { utf8Length } from '../utf8-length.ts';

/** A sample until it is settled. `Ticket` is whatever its owner wants back then. */
export interface Entry<Ticket> {
  /** May still change until the sample is first sent. */
  seq: number;
  readonly body: string;
  readonly bytes: number;
  readonly ticket: Ticket;
  /** Whether a gateway may have seen it under this `seq`, in this life or an earlier one. */
  known: boolean;
  /** To be sent, for the first time or again. */
  due: boolean;
  /** Number of the frame of this connection it went out with; 0 when it did not yet. */
  frame: number;
}

export const createEntry = <Ticket>(
  sample: BufferedSample,
  ticket: Ticket,
  known: boolean,
): Entry<Ticket> => ({
  seq: sample.seq,
  body: sample.body,
  bytes: utf8Length(sample.body),
  ticket,
  known,
  due: true,
  frame: 0,
});
