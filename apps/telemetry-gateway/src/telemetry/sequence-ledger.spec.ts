import fc from 'fast-check';

import { containsSeq } from '@fleet/robot-protocol';

import type { Pending } from './pending-numbers.ts';
import { SequenceLedger } from './sequence-ledger.ts';

const acts = fc.array(
  fc.oneof(
    fc.record({ act: fc.constant('take' as const), seq: fc.integer({ min: 1, max: 60 }) }),
    fc.record({ act: fc.constant('refuse' as const), seq: fc.integer({ min: 1, max: 60 }) }),
    fc.record({ act: fc.constant('settle' as const), seq: fc.nat(20) }),
  ),
  { maxLength: 150 },
);

describe('the ledger of a session', () => {
  it('acknowledges nothing that is not settled, in whatever order the stream confirms', () => {
    fc.assert(
      fc.property(acts, (steps) => {
        const ledger = new SequenceLedger();
        const waiting: Pending[] = [];
        const settled = new Set<number>();
        const taken = new Set<number>();
        for (const { act, seq } of steps) {
          if (act === 'take') {
            const { verdict, pending } = ledger.take(seq);
            expect(pending === undefined).toBe(taken.has(seq));
            expect(verdict === 'duplicate').toBe(taken.has(seq));
            if (pending !== undefined) waiting.push(pending);
            taken.add(seq);
          } else if (act === 'refuse') {
            ledger.refuse(seq);
            if (!taken.has(seq)) settled.add(seq);
            taken.add(seq);
          } else {
            const [pending] = waiting.splice(seq % Math.max(1, waiting.length), 1);
            if (pending === undefined) continue;
            ledger.settle(pending);
            settled.add(pending.seq);
          }
          const ack = ledger.acknowledgement();
          for (let each = 1; each <= (ack?.seq ?? 0); each += 1)
            if (ack !== undefined && !containsSeq(ack.missing, each)) expect(settled).toContain(each);
        }
        for (const pending of waiting) ledger.settle(pending);
        expect(ledger.unsettled).toBe(0);
        expect(ledger.acknowledgement()?.seq ?? 0).toBe(Math.max(0, ...taken));
        expect(ledger.acknowledgement()?.missing ?? []).toEqual(ledger.missing);
        expect(ledger.counts.received + ledger.counts.duplicates).toBe(
          steps.filter((step) => step.act === 'take').length,
        );
      }),
    );
  });

  it('does not call missing what is still on its way', () => {
    const ledger = new SequenceLedger();
    ledger.take(1);
    ledger.refuse(2);
    expect(ledger.acknowledgement()).toBeUndefined();
  });

  it('counts what came late, twice and never', () => {
    const ledger = new SequenceLedger();
    for (const seq of [1, 5, 3, 3]) ledger.take(seq);
    expect(ledger.counts).toEqual({ received: 3, duplicates: 1, outOfOrder: 1, rejected: 0, givenUp: 0 });
    expect(ledger.missingCount).toBe(2);
  });

  it('goes on from what is known to be stored, before the first number comes and after it', () => {
    const ledger = new SequenceLedger();
    ledger.absorb({ last: 4, missing: [[2, 2]], lost: 0 });
    expect(ledger.acknowledgement()).toEqual({ seq: 4, missing: [[2, 2]] });
    expect(ledger.counts.received).toBe(0);
    expect(ledger.take(4).verdict).toBe('duplicate');
    const late = ledger.take(2);
    expect(late.verdict).toBe('late');
    expect(ledger.missing).toEqual([]);
    expect(ledger.acknowledgement()).toEqual({ seq: 4, missing: [[2, 2]] });
    ledger.absorb({ last: 6, missing: [], lost: 0 });
    expect(ledger.take(6).verdict).toBe('duplicate');
    if (late.pending !== undefined) ledger.settle(late.pending);
    expect(ledger.acknowledgement()).toEqual({ seq: 6, missing: [] });
  });

  it('counts for itself alone', () => {
    const [one, other] = [new SequenceLedger(), new SequenceLedger()];
    one.refuse(undefined);
    expect(one.counts.rejected).toBe(1);
    expect(other.counts.rejected).toBe(0);
  });

  it('stays small however much goes through it', () => {
    const ledger = new SequenceLedger();
    for (let seq = 1; seq <= 5000; seq += 1) {
      const { pending } = ledger.take(seq);
      if (pending !== undefined) ledger.settle(pending);
    }
    expect(ledger.unsettled).toBe(0);
    expect(ledger.acknowledgement()).toEqual({ seq: 5000, missing: [] });
  });
});
