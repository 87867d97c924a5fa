import type { CloseReason } from '@fleet/event-envelope';
import type { EventStream } from '@fleet/event-stream';
import { closedMemoryMs, type RegisteredState } from '@fleet/fleet-store';
import type { Aliveness } from './aliveness.ts';
import { closedEvent, closedType, type Producer } from './connection-events.ts';

/** A connection of this process that is over. Times are Unix milliseconds. */
export interface Closing {
  robotId: string;
  connectionId: string;
  connectedAt: number;
  reason: CloseReason;
  endedAt: number;
}

/** Emits the closings of this process, and holds back those that another may have emitted already. */
export interface Closings {
  close(closing: Closing): void;
  /** Connections whose closings wait for {@link settle}. */
  held(): string[];
  /** Emits what is held and safe, and lets go of what the register says was closed by somebody else. */
  settle(states: ReadonlyMap<string, RegisteredState>): void;
}

/**
 * Whether the register says that somebody has closed a connection. After a silence longer than the register
 * remembers, one that it no longer knows was closed and forgotten.
 */
export function wasClosed(
  state: RegisteredState | undefined,
  connectedAt: number,
  suspectSince: number | undefined,
  now: number,
): boolean {
  if (state === 'closed') return true;
  if (state !== 'unknown' || suspectSince === undefined) return false;
  return connectedAt < suspectSince && now - suspectSince > closedMemoryMs / 2;
}

export function createClosings(parts: {
  eventStream: Pick<EventStream, 'enabled' | 'emit'>;
  aliveness: Aliveness;
  producer: Producer;
  now: () => number;
}): Closings {
  const { eventStream, aliveness, producer, now } = parts;
  const waiting = new Map<string, Closing>();

  function emit(closing: Closing): void {
    const { payload, options } = closedEvent(closing, closing.reason, closing.endedAt, producer);
    eventStream.emit(closedType, payload, options);
  }

  const isSafe = ({ connectedAt }: Closing): boolean =>
    !eventStream.enabled || aliveness.mayClose(connectedAt, now());

  return {
    close(closing) {
      if (isSafe(closing)) emit(closing);
      else waiting.set(closing.connectionId, closing);
    },
    held: () => [...waiting.keys()],
    settle(states) {
      for (const [id, closing] of waiting) {
        if (wasClosed(states.get(id), closing.connectedAt, aliveness.suspectSince(now()), now())) {
          waiting.delete(id);
        } else if (isSafe(closing)) {
          waiting.delete(id);
          emit(closing);
        }
      }
    },
  };
}
