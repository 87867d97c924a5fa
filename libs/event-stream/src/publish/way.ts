import type { StreamName } from '@fleet/event-envelope';

import type { SeldomLog } from '../log-seldom.ts';
import type { Bound } from '../settings.ts';
import { ContradictionError } from '../streams/contradiction-error.ts';
import { Buffer } from './buffer.ts';
import { Companions } from './companions.ts';
import { Lane } from './lane.ts';
import type { Message } from './message.ts';
import type { Refusal } from './refusal.ts';
import type { Settling } from './settling.ts';

/** What one stream's messages pass through. */
export interface Way {
  readonly lane: Lane;
  readonly buffer: Buffer;
  readonly companions: Companions<Message>;
}

export interface WayParts {
  readonly window: Bound;
  readonly buffer: Bound;
  readonly waiting: Bound;
  readonly ackTimeoutMs: number;
  /** Looks after a stream that may be gone. Rejects with what stands in the way. */
  mend(stream: StreamName): Promise<void>;
}

const mended = async (parts: WayParts, stream: StreamName): Promise<Refusal | undefined> => {
  try {
    await parts.mend(stream);
  } catch (error) {
    if (error instanceof ContradictionError)
      return { kind: 'no_stream', hope: 'never', detail: error.message };
    // Logged where it was tried. The next message sent finds the same.
  }
  return undefined;
};

export const createWay = (
  stream: StreamName,
  settling: Settling,
  logSeldom: SeldomLog,
  parts: WayParts,
): Way => {
  const setback = `setback ${stream}`;
  const lane: Lane = new Lane({
    stream,
    window: parts.window,
    ackTimeoutMs: parts.ackTimeoutMs,
    onStored(message, stored) {
      if (lane.isOpen) logSeldom.over(setback, { stream }, 'stream takes events again');
      settling.stored(message, stored);
    },
    onRefused: (message, refusal) => settling.refused(message, refusal, stream),
    onSetback: ({ kind, detail, code }) => {
      logSeldom('warn', setback, { stream, kind, detail, code }, 'stream takes nothing, trying on');
    },
    mend: () => mended(parts, stream),
    onRoom: () => buffer.roomChanged(),
  });
  const buffer = new Buffer(lane, parts, (message) => settling.dropped(message));
  const companions = new Companions<Message>((message, reason) => {
    if (!buffer.leaveLine(message)) lane.take(message);
    const { waiter } = message;
    if (waiter) settling.failed(message, waiter, 'aborted', 'the caller gave up waiting', reason);
  });
  return { lane, buffer, companions };
};
