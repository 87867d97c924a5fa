import type { Msg, NatsConnection } from '@nats-io/nats-core';

import { parseAckSubject } from './ack-subject.ts';
import { Delivery } from './delivery.ts';
import { InHand } from './in-hand.ts';

const delivered = (sequence: number, storedAt: number, bytes = 10): Delivery => {
  const reply = `$JS.ACK.S.d.1.${sequence}.${sequence}.${storedAt}000000.0`;
  const message = { subject: 's.robot_1', data: new Uint8Array(bytes), reply } as unknown as Msg;
  return new Delivery(message, parseAckSubject(reply), 0);
};

const createInHand = () => {
  const answers: string[] = [];
  const publish = (subject: string) => answers.push(subject);
  const protocol = { sendCommand: (frames: Uint8Array) => answers.push(Buffer.from(frames).toString()) };
  const nc = { publish, protocol, isClosed: () => false } as unknown as NatsConnection;
  return { inHand: new InHand(() => nc), answers };
};

describe('what is in hand', () => {
  it('tells an event from one of the same sequence in a stream that was made anew', () => {
    const { inHand } = createInHand();
    inHand.take(delivered(1, 100));
    expect(inHand.find(1, 100)).toBeDefined();
    expect(inHand.find(1, 200)).toBeUndefined();
    inHand.acknowledge(inHand.find(1, 100) as Delivery);
    expect([inHand.wasSettled(1, 100), inHand.wasSettled(1, 200)]).toEqual([true, false]);
  });

  it('answers for nothing that was forgotten', () => {
    const { inHand, answers } = createInHand();
    const [one, two] = [delivered(1, 100), delivered(2, 100)];
    inHand.take(one);
    inHand.take(two);
    inHand.forget();
    inHand.acknowledge(one);
    inHand.giveBack(two, 0);
    inHand.sendAcknowledgements();
    expect(answers).toEqual([]);
    expect(inHand.wasSettled(1, 100)).toBe(false);
  });

  it('acknowledges together what was handled in one turn', () => {
    const { inHand, answers } = createInHand();
    const both = [delivered(1, 100), delivered(2, 100)];
    for (const delivery of both) {
      inHand.take(delivery);
      inHand.acknowledge(delivery);
    }
    inHand.sendAcknowledgements();
    expect(answers).toEqual([both.map(({ reply }) => `PUB ${reply} 4\r\n+ACK\r\n`).join('')]);
  });

  it('counts the bytes of what it holds, once for each sequence', () => {
    const { inHand } = createInHand();
    inHand.take(delivered(1, 100, 10));
    inHand.take(delivered(1, 200, 30));
    expect([inHand.size, inHand.bytes]).toEqual([1, 30]);
  });
});
