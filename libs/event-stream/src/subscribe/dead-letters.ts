import { deadLetterSubject } from '@fleet/event-envelope';
import { jetstream } from '@nats-io/jetstream';
import { headers, type MsgHdrs, type NatsConnection } from '@nats-io/nats-core';

import type { Delivery } from './delivery.ts';
import type { DeadLetterReason } from './subscription.ts';

/** Headers are for people: a message that says more than this says it in the log. */
const maxErrorLength = 512;
const storeTimeoutMs = 5_000;

/** A text as one header line. */
const asLine = (text: string): string => text.replace(/[\r\n]+/g, ' ').slice(0, maxErrorLength);

/** The original headers, without those that would tell the server what to do with the dead letter. */
const copyHeaders = (original: MsgHdrs | undefined, copy: MsgHdrs): void => {
  for (const [name, values] of original ?? []) {
    if (/^nats-/i.test(name)) continue;
    for (const value of values) copy.append(name, value);
  }
};

const factsOf = (delivery: Delivery, durable: string, reason: DeadLetterReason, error: string): MsgHdrs => {
  const { stream, sequence } = delivery;
  const facts = headers();
  facts.set('Nats-Msg-Id', `dead-${stream}-${durable}-${sequence}-${delivery.storedAt}`);
  facts.set('Charter-Error', asLine(error));
  facts.set('Charter-Error-Kind', reason);
  facts.set('Charter-Stream', stream);
  facts.set('Charter-Sequence', String(sequence));
  facts.set('Charter-Deliveries', String(delivery.tries));
  facts.set('Charter-Subject', delivery.subject);
  const messageId = delivery.headers?.get('Nats-Msg-Id');
  if (messageId) facts.set('Charter-Message-Id', messageId);
  return facts;
};

/**
 * Stores a dead letter under `charter.dead.<stream>.<durable>`: the original bytes and headers, and why. Resolves when
 * JetStream has it. A message so large that the reasons do not fit beside it loses its headers first, then its end.
 */
export const storeDeadLetter = async (
  nc: NatsConnection,
  delivery: Delivery,
  durable: string,
  reason: DeadLetterReason,
  error: string,
): Promise<void> => {
  const room = (nc.info?.max_payload ?? Number.POSITIVE_INFINITY) - delivery.bytes.length;
  let letter = factsOf(delivery, durable, reason, error);
  copyHeaders(delivery.headers, letter);
  let { bytes } = delivery;
  if (sizeOf(letter) > room) {
    letter = factsOf(delivery, durable, reason, error);
    letter.set('Charter-Truncated', `${bytes.length}`);
    bytes = bytes.subarray(0, Math.max(0, bytes.length + room - sizeOf(letter)));
  }
  await jetstream(nc, { timeout: storeTimeoutMs }).publish(
    deadLetterSubject(delivery.stream, durable),
    bytes,
    {
      headers: letter,
      timeout: storeTimeoutMs,
    },
  );
};

const sizeOf = (letter: MsgHdrs): number => {
  let size = 64;
  for (const [name, values] of letter) {
    for (const value of values) size += Buffer.byteLength(name) + Buffer.byteLength(value) + 4;
  }
  return size;
};
