import { OutboundLedger, type Taken } from './outbound-ledger.ts';

const limits = { maxMessageBytes: 65_536, maxUnacked: 1024 };
const fresh = { samples: [], nextSeq: 1 };

const createLedger = (restored: ConstructorParameters<typeof OutboundLedger>[0] = fresh) =>
  new OutboundLedger<string>(restored, () => 'restored');

const body = (name: string): string => `"metrics":{"${name}":1}}`;

const addAll = (ledger: OutboundLedger<string>, names: string): void => {
  for (const name of names) ledger.add(body(name), name);
};

const seqsOf = (taken: Taken<string> | undefined): number[] => {
  if (taken?.kind !== 'frame') throw new Error('expected a message');
  const message = JSON.parse(taken.text) as { seq?: number; samples?: { seq: number }[] };
  return message.samples?.map((sample) => sample.seq) ?? [message.seq ?? 0];
};

const ticketsOf = (entries: readonly { ticket: string }[]): string =>
  entries.map(({ ticket }) => ticket).join('');

describe('the outbound ledger', () => {
  it('sends one sample plainly and several as a batch', () => {
    const ledger = createLedger();
    ledger.open(limits);
    addAll(ledger, 'a');
    expect(ledger.take()).toMatchObject({ text: '{"type":"telemetry","seq":1,"metrics":{"a":1}}' });
    addAll(ledger, 'bc');
    expect(ledger.take()).toMatchObject({
      text: '{"type":"telemetry_batch","samples":[{"seq":2,"metrics":{"b":1}},{"seq":3,"metrics":{"c":1}}]}',
    });
    expect(ledger.take()).toBeUndefined();
  });

  it('settles what is confirmed and keeps what is missing', () => {
    const ledger = createLedger();
    ledger.open(limits);
    addAll(ledger, 'abcde');
    ledger.take();
    expect(ticketsOf(ledger.acknowledge(4, [[2, 3]]))).toBe('ad');
    expect(ledger.size).toBe(3);
    expect(ledger.acknowledge(4, [[2, 3]])).toEqual([]);
  });

  it('never takes a confirmation for what was not sent', () => {
    const ledger = createLedger();
    ledger.open({ ...limits, maxUnacked: 2 });
    addAll(ledger, 'abc');
    ledger.take();
    expect(ticketsOf(ledger.acknowledge(3))).toBe('ab');
    expect(ledger.size).toBe(1);
  });

  it('keeps within the unconfirmed samples the gateway allows', () => {
    const ledger = createLedger();
    ledger.open({ ...limits, maxUnacked: 3 });
    addAll(ledger, 'abcdef');
    expect(seqsOf(ledger.take())).toEqual([1, 2, 3]);
    expect(ledger.take()).toBeUndefined();
    ledger.acknowledge(2);
    expect(seqsOf(ledger.take())).toEqual([4, 5]);
  });

  it('keeps messages below the size the gateway takes', () => {
    const ledger = createLedger();
    ledger.open({ ...limits, maxMessageBytes: 120 });
    addAll(ledger, 'abcdefgh');
    const texts: string[] = [];
    for (let taken = ledger.take(); taken?.kind === 'frame'; taken = ledger.take()) texts.push(taken.text);
    expect(texts.length).toBeGreaterThan(1);
    expect(Math.max(...texts.map((text) => text.length))).toBeLessThanOrEqual(120);
  });

  it('gives back a sample that is larger than any message, and goes on', () => {
    const ledger = createLedger();
    ledger.open({ ...limits, maxMessageBytes: 60 });
    ledger.add(body('x'.repeat(60)), 'large');
    addAll(ledger, 'b');
    expect(ledger.take()).toMatchObject({ kind: 'too_large', entry: { ticket: 'large' } });
    expect(seqsOf(ledger.take())).toEqual([2]);
  });

  it('sends at most 500 samples at once', () => {
    const ledger = createLedger();
    ledger.open(limits);
    for (let count = 0; count < 501; count += 1) ledger.add(body('a'), 'a');
    expect(seqsOf(ledger.take())).toHaveLength(500);
    expect(seqsOf(ledger.take())).toEqual([501]);
  });

  it('sends again only what the new connection misses', () => {
    const ledger = createLedger();
    ledger.open(limits);
    addAll(ledger, 'abcdef');
    ledger.take();
    ledger.rewind();
    expect(ticketsOf(ledger.acknowledge(4, [[2, 2]]))).toBe('acd');
    ledger.open(limits);
    const again = ledger.take();
    expect(seqsOf(again)).toEqual([2, 5, 6]);
    expect(again).toMatchObject({ resent: 3 });
  });

  it('sends again what was passed over, once for each time it was', () => {
    const ledger = createLedger();
    ledger.open({ ...limits, maxMessageBytes: 50 });
    addAll(ledger, 'abc');
    for (let count = 0; count < 3; count += 1) ledger.take();
    ledger.acknowledge(3, [[2, 2]]);
    expect(seqsOf(ledger.take())).toEqual([2]);
    ledger.acknowledge(3, [[2, 2]]);
    expect(ledger.take()).toBeUndefined();
  });

  it('numbers new samples behind what an earlier life has used', () => {
    const ledger = createLedger();
    addAll(ledger, 'abc');
    expect(ledger.collision(0)).toBeUndefined();
    expect(ledger.collision(100)).toEqual({ fromSeq: 1, by: 100 });
    ledger.renumber(1, 100);
    expect(ledger.acknowledge(100)).toEqual([]);
    ledger.open(limits);
    expect(seqsOf(ledger.take())).toEqual([101, 102, 103]);
    expect(ledger.nextSeq).toBe(104);
  });

  it('keeps the numbers of restored samples and moves only the new ones', () => {
    const ledger = createLedger({ samples: [{ seq: 7, body: body('r') }], nextSeq: 8 });
    addAll(ledger, 'n');
    expect(ledger.collision(9)).toEqual({ fromSeq: 8, by: 2 });
    ledger.renumber(8, 2);
    expect(ticketsOf(ledger.acknowledge(9, []))).toBe('restored');
    ledger.open(limits);
    expect(seqsOf(ledger.take())).toEqual([10]);
  });

  it('settles a refused sample and sends again, alone, what was in the same message', () => {
    const ledger = createLedger();
    ledger.open(limits);
    addAll(ledger, 'abc');
    ledger.take();
    expect(ledger.refuse(2)).toMatchObject({ ticket: 'b' });
    expect(ledger.refuse(2)).toBeUndefined();
    expect(seqsOf(ledger.take())).toEqual([1]);
    expect(seqsOf(ledger.take())).toEqual([3]);
    expect(ledger.take()).toBeUndefined();
  });

  it('finds what a gateway refuses without naming it', () => {
    const ledger = createLedger();
    ledger.open(limits);
    addAll(ledger, 'abc');
    ledger.take();
    expect(ledger.refuseUnnamed()).toBe('reconnect');
    ledger.open(limits);
    expect(seqsOf(ledger.take())).toEqual([1]);
    expect(ledger.take()).toBeUndefined();
    ledger.acknowledge(1);
    expect(seqsOf(ledger.take())).toEqual([2]);
    expect(ledger.refuseUnnamed()).toMatchObject({ ticket: 'b' });
    expect(seqsOf(ledger.take())).toEqual([3]);
  });

  it('takes a refusal of nothing for nothing', () => {
    const ledger = createLedger();
    ledger.open(limits);
    addAll(ledger, 'a');
    expect(ledger.refuseUnnamed()).toBeUndefined();
    expect(ledger.refuse(9)).toBeUndefined();
    expect(ledger.size).toBe(1);
  });

  it('counts bytes as they go over the wire', () => {
    const ledger = createLedger();
    ledger.add('"attributes":{"a":"é😀"}}', 'x');
    expect(ledger.bytes).toBe(Buffer.byteLength('"attributes":{"a":"é😀"}}'));
    const { oldest } = ledger;
    if (oldest !== undefined) ledger.drop(oldest);
    expect([ledger.bytes, ledger.size, ledger.inFlight]).toEqual([0, 0, 0]);
  });
});
