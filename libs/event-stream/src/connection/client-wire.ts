import type { Msg, NatsConnection } from '@nats-io/nats-core';
import type { MsgImpl, NatsConnectionImpl } from '@nats-io/nats-core/internal';

/**
 * What is used of the client below its documented surface, through the door that its own JetStream package uses: the
 * version is pinned. Everything else about the connection stays the client's.
 */

interface BelowConnection {
  readonly protocol: Pick<NatsConnectionImpl['protocol'], 'sendCommand'>;
}
type BelowMessage = Pick<MsgImpl, '_msg'>;

/** Hands the client finished protocol lines. They are sent, or lost with the connection, as what it publishes itself is. */
export const writeFrames = (nc: NatsConnection, frames: Uint8Array): void => {
  (nc as NatsConnection & BelowConnection).protocol.sendCommand(frames);
};

/** The subject of a message as it came, ASCII. */
export const subjectBytes = (message: Msg): Uint8Array => (message as Msg & BelowMessage)._msg.subject;
