import { lastAttemptSubject } from '@fleet/event-envelope';
import { jetstream, JetStreamApiError, jetstreamManager } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/nats-core';

import type { Delivery } from './delivery.ts';

const timeoutMs = 5_000;
const wrongLastSequence = [10071, 10164];

/**
 * Announces, in the stream of dead letters, that an event is being tried for the last time. `found` means that it was
 * announced before and that try was never concluded: the process making it is gone, most likely because of the event.
 * Which events came how often alone does not tell: those that were only in hand came as often as the one that kills.
 */
export const announceLastAttempt = async (
  nc: NatsConnection,
  delivery: Delivery,
  durable: string,
): Promise<'announced' | 'found'> => {
  const condition = headers();
  // The server takes the message only where the subject has none yet.
  condition.set('Nats-Expected-Last-Subject-Sequence', '0');
  condition.set('Charter-Error-Kind', 'last_attempt');
  try {
    await jetstream(nc, { timeout: timeoutMs }).publish(subjectFor(delivery, durable), new Uint8Array(), {
      headers: condition,
      timeout: timeoutMs,
    });
    return 'announced';
  } catch (error) {
    if (error instanceof JetStreamApiError && wrongLastSequence.includes(error.code)) return 'found';
    throw error;
  }
};

/** The try has been concluded, well or not. */
export const concludeLastAttempt = async (
  nc: NatsConnection,
  delivery: Delivery,
  durable: string,
): Promise<void> => {
  const jsm = await jetstreamManager(nc, { checkAPI: false, timeout: timeoutMs });
  await jsm.streams.purge('CHARTER_DEAD_LETTERS', { filter: subjectFor(delivery, durable) });
};

const subjectFor = ({ stream, sequence, storedAt }: Delivery, durable: string): string =>
  lastAttemptSubject(stream, durable, `${sequence}-${storedAt}`);
