import { addRange, containsSeq, removeRange, type SeqRanges } from '@fleet/robot-protocol';
import fc from 'fast-check';

import { OutboundLedger } from './outbound-ledger.ts';

const limits = { maxMessageBytes: 200, maxUnacked: 7 };

interface WireSample {
  readonly seq: number;
  readonly metrics: { readonly id: number };
}

type Reply =
  | { readonly type: 'ack'; readonly seq: number; readonly missing: SeqRanges }
  | { readonly type: 'error'; readonly seq?: number | undefined }
  | { readonly type: 'throttled' };

/** What becomes of a message: kept, dropped for its rate, or refused with or without naming the sample. */
type Fate = 'kept' | 'dropped' | 'refused' | 'refused_unnamed';

/** A gateway by the rules of the protocol, and the two directions of a connection as queues. */
class ModelGateway {
  readonly stored = new Map<number, number>();
  readonly refused = new Set<number>();
  incoming: string[] = [];
  outgoing: Reply[] = [];
  #lastSeq = 0;
  #missing: SeqRanges = [];

  get place(): { seq: number; missing: SeqRanges } {
    return { seq: this.#lastSeq, missing: this.#missing };
  }

  takeOne(fate: Fate): void {
    const text = this.incoming.shift();
    if (text === undefined) return;
    const message = JSON.parse(text) as WireSample & { samples?: WireSample[] };
    const samples = message.samples ?? [message];
    if (fate === 'dropped') this.outgoing.push({ type: 'throttled' });
    else if (fate === 'kept') for (const sample of samples) this.#store(sample);
    else this.#refuse(samples, fate === 'refused');
    if (this.#lastSeq > 0) this.outgoing.push({ type: 'ack', ...this.place });
  }

  /** A whole message is refused; by name, only its last sample is settled by that. */
  #refuse(samples: readonly WireSample[], named: boolean): void {
    const last = samples.at(-1) as WireSample;
    const isSettled = named || samples.length === 1;
    this.outgoing.push({ type: 'error', seq: named ? last.seq : undefined });
    if (!isSettled || this.stored.has(last.seq)) return;
    this.refused.add(last.metrics.id);
    this.#settle(last.seq);
  }

  #store({ seq, metrics }: WireSample): void {
    if (seq <= this.#lastSeq && !containsSeq(this.#missing, seq)) return;
    this.stored.set(seq, metrics.id);
    this.#settle(seq);
  }

  #settle(seq: number): void {
    if (seq > this.#lastSeq + 1) this.#missing = addRange(this.#missing, [this.#lastSeq + 1, seq - 1]);
    this.#missing = removeRange(this.#missing, [seq, seq]);
    this.#lastSeq = Math.max(this.#lastSeq, seq);
  }
}

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ act: fc.constant('add' as const), count: fc.integer({ min: 1, max: 9 }) }),
  },
  { weight: 5, arbitrary: fc.record({ act: fc.constant('pump' as const) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      act: fc.constant('take' as const),
      fate: fc.oneof(
        { weight: 8, arbitrary: fc.constant<Fate>('kept') },
        { weight: 2, arbitrary: fc.constantFrom<Fate>('dropped', 'refused', 'refused_unnamed') },
      ),
    }),
  },
  { weight: 6, arbitrary: fc.record({ act: fc.constant('hear' as const) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('reconnect' as const) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('drop' as const) }) },
);

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** A robot that plays the steps and then comes to rest with a gateway that keeps everything. */
class Play {
  readonly gateway = new ModelGateway();
  readonly ledger: OutboundLedger<number>;
  readonly fates = new Map<number, string[]>();
  readonly sent = new Set<number>();
  #made = 0;

  constructor(usedSeqs: number) {
    this.ledger = new OutboundLedger<number>({ samples: [], nextSeq: 1 }, () => 0);
    for (let seq = 1; seq <= usedSeqs; seq += 1)
      this.gateway.incoming.push(JSON.stringify({ seq, metrics: { id: -seq } }));
    for (let seq = 1; seq <= usedSeqs; seq += 1) this.gateway.takeOne('kept');
    this.reconnect();
  }

  do(step: Step): void {
    switch (step.act) {
      case 'add':
        for (let count = 0; count < step.count; count += 1) this.#add();
        break;
      case 'pump':
        this.pump();
        break;
      case 'take':
        this.gateway.takeOne(step.fate);
        break;
      case 'hear':
        this.hear();
        break;
      case 'reconnect':
        this.reconnect();
        break;
      case 'drop':
        this.#drop();
    }
  }

  pump(): void {
    for (let taken = this.ledger.take(); taken !== undefined; taken = this.ledger.take()) {
      if (taken.kind !== 'frame') throw new Error('no sample here is too large');
      expect(Buffer.byteLength(taken.text)).toBeLessThanOrEqual(limits.maxMessageBytes);
      const message = JSON.parse(taken.text) as WireSample & { samples?: WireSample[] };
      const samples = message.samples ?? [message];
      const seqs = samples.map((sample) => sample.seq);
      expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
      for (const { metrics } of samples) this.sent.add(metrics.id);
      this.gateway.incoming.push(taken.text);
      expect(this.ledger.inFlight).toBeLessThanOrEqual(limits.maxUnacked);
    }
  }

  hear(): void {
    const reply = this.gateway.outgoing.shift();
    if (reply?.type === 'ack') this.#confirm(reply.seq, reply.missing);
    else if (reply?.type === 'throttled') this.ledger.rewind();
    else if (reply?.type === 'error') {
      const found = reply.seq === undefined ? this.ledger.refuseUnnamed() : this.ledger.refuse(reply.seq);
      if (found === 'reconnect') this.reconnect();
      else if (found !== undefined) this.#settle(found.ticket, 'refused');
    }
  }

  reconnect(): void {
    this.gateway.incoming = [];
    this.gateway.outgoing = [];
    const { seq, missing } = this.gateway.place;
    this.#confirm(seq, missing);
    this.ledger.open(limits);
  }

  rest(): void {
    for (let round = 0; round < 2_000 && this.ledger.size > 0; round += 1) {
      this.pump();
      while (this.gateway.incoming.length > 0) this.gateway.takeOne('kept');
      while (this.gateway.outgoing.length > 0) this.hear();
    }
  }

  get made(): number[] {
    return Array.from({ length: this.#made }, (_, index) => index + 1);
  }

  #add(): void {
    this.#made += 1;
    this.ledger.add(`"metrics":{"id":${this.#made}}}`, this.#made);
  }

  #drop(): void {
    const { oldest } = this.ledger;
    if (oldest === undefined) return;
    this.ledger.drop(oldest);
    this.#settle(oldest.ticket, 'dropped');
  }

  #confirm(seq: number, missing: SeqRanges): void {
    const collision = this.ledger.collision(seq);
    if (collision !== undefined) this.ledger.renumber(collision.fromSeq, collision.by);
    for (const { ticket } of this.ledger.acknowledge(seq, missing)) this.#settle(ticket, 'acked');
  }

  #settle(id: number, fate: string): void {
    this.fates.set(id, [...(this.fates.get(id) ?? []), fate]);
  }
}

const playAll = (steps: readonly Step[], usedSeqs = 0): Play => {
  const play = new Play(usedSeqs);
  for (const step of steps) play.do(step);
  play.rest();
  return play;
};

const settledAs = (play: Play, fate: string): number[] =>
  [...play.fates].filter(([, fates]) => fates.includes(fate)).map(([id]) => id);

describe('whatever the gateway and the network do, the outbound ledger', () => {
  it('settles every sample exactly once', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const play = playAll(steps);
        expect(play.ledger.size).toBe(0);
        expect(play.ledger.inFlight).toBe(0);
        expect(play.ledger.bytes).toBe(0);
        for (const id of play.made) expect(play.fates.get(id)).toHaveLength(1);
      }),
      { numRuns: 300 },
    );
  });

  it('confirms only what was sent and is stored', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), fc.nat({ max: 30 }), (steps, usedSeqs) => {
        const play = playAll(steps, usedSeqs);
        const stored = new Set(play.gateway.stored.values());
        for (const id of settledAs(play, 'acked')) {
          expect(play.sent.has(id)).toBe(true);
          expect(stored.has(id) || play.gateway.refused.has(id)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('loses none but those dropped or refused, and stores none twice', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), fc.nat({ max: 30 }), (steps, usedSeqs) => {
        const play = playAll(steps, usedSeqs);
        const stored = [...play.gateway.stored.values()].filter((id) => id > 0);
        expect(new Set(stored).size).toBe(stored.length);
        const given = new Set([...stored, ...settledAs(play, 'dropped'), ...play.gateway.refused]);
        for (const id of play.made) expect(given.has(id)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the order of samples in their numbers', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), fc.nat({ max: 30 }), (steps, usedSeqs) => {
        const play = playAll(steps, usedSeqs);
        const bySeq = [...play.gateway.stored].sort(([a], [b]) => a - b).map(([, id]) => id);
        const own = bySeq.filter((id) => id > 0);
        expect(own).toEqual([...own].sort((a, b) => a - b));
      }),
      { numRuns: 300 },
    );
  });
});
