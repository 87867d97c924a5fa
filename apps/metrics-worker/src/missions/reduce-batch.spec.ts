import fc from 'fast-check';

import { readBatch } from './batch.ts';
import { sumOf } from './fold-windows.ts';
import { happenings } from './happenings.fixture.ts';
import type { StreamEntry } from './parse-entry.ts';
import { reduceBatch, type StoredHistory } from './reduce-batch.ts';
import { Tally } from './tally.ts';

const now = 1_700_001_000_000;

/** Applies batches to a store in memory, as the script does in Redis. */
const applyAll = (batches: StreamEntry[][]) => {
  const stored = new Map<string, StoredHistory>();
  const totals = new Tally();
  const windows = new Tally();
  for (const entries of batches) {
    const effect = reduceBatch(readBatch(entries, now), stored);
    totals.addAll(sumOf(effect.windows));
    totals.addAll(effect.totals);
    for (const [minute, bucket] of effect.windows.minutes) {
      for (const [name, change] of [...bucket.counts(), ...bucket.robots()])
        windows.add(`${minute}:${name}`, change);
    }
    for (const [id, history] of effect.open) stored.set(id, { isOpen: true, history });
    for (const [id, history] of effect.ended) stored.set(id, { isOpen: false, history });
  }
  return { totals: Object.fromEntries(totals), windows: Object.fromEntries(windows) };
};

/** Entries of a handful of missions, in any order; one kind of failure, since its verdict is the first that falls. */
const entries = fc
  .array(happenings, { minLength: 1, maxLength: 5 })
  .map((missions) =>
    missions.flatMap((list, mission) =>
      list
        .filter(({ kind }) => kind !== 'lost_connection')
        .map(({ kind, atMs }, index): StreamEntry => [
          `${1_700_000_000_000 + mission * 100 + index}-0`,
          ['event_type', `mission.${kind}`, 'mission_id', `m${mission}`, 'timestamp', String(atMs / 1000)],
        ]),
    ),
  );

describe('reduceBatch', () => {
  it('gives the same numbers shuffled, repeated and split as ordered and at once', () => {
    fc.assert(
      fc.property(entries, fc.infiniteStream(fc.nat(1000)), (list, order) => {
        const shuffled = [...list, ...list.filter((_, index) => index % 3 === 0)]
          .map((entry) => ({ entry, key: Number(order.next().value) }))
          .sort((a, b) => a.key - b.key)
          .map(({ entry }) => entry);
        const one = shuffled.map((entry) => [entry]);
        expect(applyAll(one)).toEqual(applyAll([list]));
      }),
    );
  });

  it('counts missions under way', () => {
    const entry = (id: string, kind: string): StreamEntry => [
      `${id}-0`,
      ['event_type', `mission.${kind}`, 'mission_id', 'm1'],
    ];
    const { totals } = applyAll([[entry('1000', 'created')], [entry('2000', 'started')]]);
    expect(totals).toEqual({ created: 1, started: 1, in_flight: 1 });
    expect(applyAll([[entry('1000', 'created')], [entry('2000', 'failed')]]).totals).toMatchObject({
      created: 1,
      failed: 1,
      durations: 1,
      duration_ms: 1000,
    });
  });

  it('counts a status without a mission as often as it comes', () => {
    const entry: StreamEntry = ['1000-0', ['data', '{"status":"completed"}']];
    expect(applyAll([[entry], [entry]]).totals).toEqual({ completed: 2 });
  });

  it('takes a mission out of the minute it was counted in when an earlier end turns up', () => {
    const end = (kind: string, seconds: number): StreamEntry => [
      '9000000-0',
      ['event_type', `mission.${kind}`, 'mission_id', 'm1', 'robot_id', 'r1', 'timestamp', String(seconds)],
    ];
    expect(applyAll([[end('failed', 200)], [end('completed', 100)]]).windows).toEqual({
      '60:completed': 1,
      '60:completed:r1': 1,
    });
  });
});
