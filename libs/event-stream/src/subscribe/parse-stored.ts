import type { MsgHdrs } from '@nats-io/nats-core';
import { MsgHdrsImpl } from '@nats-io/nats-core/internal';

/** A stored message as a stream gives it out. */
export interface StoredMessage {
  readonly subject: string;
  readonly sequence: number;
  readonly bytes: Uint8Array;
  readonly headers: MsgHdrs | undefined;
  /** Unix milliseconds. */
  readonly storedAt: number;
}

/** The answer on `$JS.API.STREAM.MSG.GET.*`, bytes in base64. */
interface Answer {
  readonly message?: {
    readonly subject: string;
    readonly seq: number;
    readonly hdrs?: string;
    readonly data?: string;
    readonly time: string;
  } | null;
  readonly error?: { readonly code: number; readonly err_code?: number; readonly description?: string };
}

const noMessageFound = 10037;
const decoder = new TextDecoder();

/** `undefined` where no message matches; throws with what the server said otherwise. */
export const parseStored = (answer: Uint8Array): StoredMessage | undefined => {
  // What the server sends itself where nobody listens has no body.
  if (answer.length === 0) throw new Error('JetStream does not answer: there are no responders');
  const { message, error } = (JSON.parse(decoder.decode(answer)) ?? {}) as Answer;
  if (error?.err_code === noMessageFound) return undefined;
  if (message === undefined || message === null)
    throw new Error(`JetStream gave no message: ${JSON.stringify(error)}`);
  const { subject, seq: sequence, hdrs, data, time } = message;
  return {
    subject,
    sequence,
    bytes: Buffer.from(data ?? '', 'base64'),
    headers: hdrs === undefined ? undefined : MsgHdrsImpl.decode(Buffer.from(hdrs, 'base64')),
    storedAt: Date.parse(time),
  };
};
