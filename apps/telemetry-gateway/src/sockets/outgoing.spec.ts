import { WebSocket } from 'ws';

import { Outgoing } from './outgoing.ts';

/** A socket whose other side reads when it is told to. */
const setUp = (maxBytes = 16 * 1024) => {
  const unread: { text: string; taken: () => void }[] = [];
  let overflows = 0;
  const socket = {
    readyState: WebSocket.OPEN,
    send: (text: unknown, taken: unknown) => {
      unread.push({ text: String(text), taken: taken as () => void });
    },
  };
  const outgoing = new Outgoing(socket, { maxBytes, onOverflow: () => (overflows += 1) });
  const read = () => {
    const message = unread.shift();
    message?.taken();
    return message?.text;
  };
  const acknowledge = (seq: number) => outgoing.acknowledge({ seq, missing: [] });
  return { outgoing, acknowledge, read, unread, overflows: () => overflows };
};

describe('what goes out to a robot', () => {
  it('is what is confirmed, with the ranges that are missing', () => {
    const { outgoing, acknowledge, read } = setUp();
    acknowledge(7);
    outgoing.acknowledge({ seq: 9, missing: [[2, 3]] });
    expect([read(), read()]).toEqual(['{"type":"ack","seq":7}', '{"type":"ack","seq":9,"missing":[[2,3]]}']);
  });

  it('keeps nothing but the newest acknowledgement for a robot that does not read, and never overflows by them', () => {
    const { acknowledge, read, unread, overflows } = setUp();
    for (let seq = 1; seq <= 1_000; seq += 1) acknowledge(seq);
    expect(unread.length).toBeLessThan(6);
    expect(overflows()).toBe(0);
    const said: (string | undefined)[] = [];
    while (unread.length > 0) said.push(read());
    expect(said.at(-1)).toBe('{"type":"ack","seq":1000}');
  });

  it('overflows by what has to be said, small as each may be', () => {
    const { outgoing, overflows } = setUp();
    const error = { type: 'error', code: 'invalid_json', detail: 'x' } as const;
    for (let i = 0; i < 15; i += 1) outgoing.say(error);
    expect(overflows()).toBe(0);
    outgoing.say(error);
    expect(overflows()).toBeGreaterThan(0);
  });
});
