import type { Tailed } from '@fleet/event-stream';

import { createSampleIds } from './sample-id.ts';
import { SequenceLedger } from './sequence-ledger.ts';
import { StoredNumbers } from './stored-numbers.ts';

const idOf = createSampleIds('r/s');
const ofOthers = createSampleIds('r/other');

/** A stream in which another robot has `between` samples after each of ours; without a number, it is of another session. */
const streamOf = (
  seqs: readonly (number | undefined)[],
  { between = 0, everyMs = 100, answers = Infinity } = {},
) => {
  const samples = seqs.map((seq, index): Tailed => {
    const id = seq === undefined ? ofOthers(index + 1) : idOf(seq);
    const payload = { robot_id: 'r', connection_id: 'c', metrics: {}, received_at: 1, seq: seq ?? index + 1 };
    return {
      event: { id, type: 'telemetry.data_received', payload } as unknown as NonNullable<Tailed['event']>,
      bytes: new Uint8Array(),
      subject: '',
      headers: {},
      stream: 'CHARTER_TELEMETRY',
      sequence: 1 + index * (between + 1),
      storedAt: index * everyMs,
    };
  });
  const stream = {
    enabled: true,
    asked: 0,
    ready: true,
    lookUp(_type: string, _entity: string, from: number | 'newest') {
      stream.asked += 1;
      if (stream.asked > answers) return Promise.reject(new Error('no answer'));
      const found = from === 'newest' ? samples.at(-1) : samples.find(({ sequence }) => sequence >= from);
      return Promise.resolve(found);
    },
  };
  return stream;
};

const hold = { robotId: 'r', session: 's', holder: 'c' };
const nothingKnown = Promise.resolve({ last: 0, missing: [] });
const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);
const compare = (stream: ReturnType<typeof streamOf>, last: number, missing: [number, number][] = []) =>
  new StoredNumbers(stream).compare(hold, Promise.resolve({ last, missing }));

/** What is known when the comparison is taken in. */
const completed = async (
  stream: ReturnType<typeof streamOf>,
  last: number,
  missing: [number, number][] = [],
) => {
  const { outcome, numbers } = await compare(stream, last, missing);
  expect(outcome).toBe('completed');
  const ledger = new SequenceLedger({ last, missing, lost: 0 });
  if (numbers !== undefined) ledger.absorb(numbers);
  return { last: ledger.last, missing: ledger.missing };
};

describe('comparing with the stream', () => {
  it('asks once where the newest sample is known, of another session, or not there', async () => {
    for (const stream of [streamOf(upTo(50)), streamOf([1, 2, undefined]), streamOf([])]) {
      expect(await compare(stream, 50)).toEqual({ outcome: 'same' });
      expect(stream.asked).toBe(1);
    }
  });

  it.each([0, 7])('finds what is stored behind the last that is known, with %s between', async (between) => {
    const stream = streamOf(upTo(2000), { between });
    expect(await completed(stream, 1800)).toEqual({ last: 2000, missing: [] });
    expect(stream.asked).toBeLessThan(600);
  });

  it('tells late samples and gaps apart', async () => {
    const stored = [...upTo(10), 21, 22, 11, 12, 30];
    expect(await completed(streamOf(stored), 22, [[11, 20]])).toEqual({
      last: 30,
      missing: [
        [13, 20],
        [23, 29],
      ],
    });
  });

  it('passes over what is of other sessions', async () => {
    const { numbers } = await compare(streamOf([1, 2, undefined, 3, undefined, undefined, 4]), 1);
    expect(numbers?.last).toBe(4);
    expect(numbers?.missing).toEqual([]);
  });

  it('reads a session that nothing is known of from its beginning, but not the past before the last hour', async () => {
    expect((await compare(streamOf(upTo(300)), 0)).numbers).toEqual({ last: 300, missing: [], lost: 0 });
    const slow = await compare(streamOf(upTo(300), { everyMs: 60_000 }), 0);
    expect(slow.outcome).toBe('completed');
    expect(slow.numbers?.missing[0]?.[0]).toBe(1);
    expect(slow.numbers?.missing[0]?.[1]).toBeLessThan(240);
  });

  it('gives what it has when the stream falls silent', async () => {
    expect(await compare(streamOf(upTo(9), { answers: 0 }), 1)).toEqual({ outcome: 'unanswered' });
    const cut = await compare(streamOf(upTo(300), { answers: 100 }), 1);
    expect(cut.outcome).toBe('unfinished');
    expect(cut.numbers?.last).toBe(300);
  });

  it('asks nothing of a stream that is away or not there', async () => {
    const away = { ...streamOf([1]), ready: false };
    expect(await new StoredNumbers(away).compare(hold, nothingKnown)).toEqual({
      outcome: 'unanswered',
    });
    const none = { ...streamOf([1]), enabled: false };
    expect(await new StoredNumbers(none).compare(hold, nothingKnown)).toEqual({
      outcome: 'unanswered',
    });
  });
});
