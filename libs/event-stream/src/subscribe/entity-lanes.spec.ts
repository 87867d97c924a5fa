import * as fc from 'fast-check';

import { EntityLanes, type Outcome } from './entity-lanes.ts';

interface Item {
  readonly entity: string;
  readonly number: number;
  readonly failures: number;
  readonly solitary?: boolean;
}

const item = (entity: string, number: number, failures = 0): Item => ({ entity, number, failures });

/** Lanes whose tries end when they are told to. */
const create = (concurrency: number) => {
  const started: Item[] = [];
  const givenBack: Item[] = [];
  const ends = new Map<Item, (outcome: Outcome) => void>();
  const lanes = new EntityLanes<Item>({
    concurrency,
    attempt: (each) => {
      started.push(each);
      return new Promise((resolve) => ends.set(each, resolve));
    },
    isSolitary: ({ solitary }) => solitary === true,
    giveBack: (each) => givenBack.push(each),
  });
  const end = async (each: Item, outcome: Outcome = 'settled') => {
    ends.get(each)?.(outcome);
    await new Promise(setImmediate);
  };
  return { lanes, started, givenBack, end };
};

describe('EntityLanes', () => {
  afterEach(() => jest.useRealTimers());

  it('tries one item of an entity at a time, and so many at once', async () => {
    const { lanes, started, end } = create(2);
    const [a1, a2, b1, c1] = [item('a', 1), item('a', 2), item('b', 1), item('c', 1)];
    for (const each of [a1, a2, b1, c1]) lanes.add(each);
    expect(started).toEqual([a1, b1]);
    await end(b1);
    expect(started).toEqual([a1, b1, c1]);
    await end(a1);
    expect(started).toEqual([a1, b1, c1, a2]);
  });

  it('lets a failed item go before the later ones of its entity, and others in the meantime', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    const { lanes, started, end } = create(1);
    const [a1, a2, b1] = [item('a', 1), item('a', 2), item('b', 1)];
    for (const each of [a1, a2, b1]) lanes.add(each);
    await end(a1, { retryAfterMs: 1_000 });
    expect(started).toEqual([a1, b1]);
    await end(b1);
    jest.advanceTimersByTime(999);
    expect(started).toEqual([a1, b1]);
    jest.advanceTimersByTime(1);
    expect(started).toEqual([a1, b1, a1]);
    await end(a1);
    expect(started).toEqual([a1, b1, a1, a2]);
  });

  it('tries a solitary item while nothing else is tried', async () => {
    const { lanes, started, end } = create(4);
    const [a, b, c] = [item('a', 1), { ...item('b', 1), solitary: true }, item('c', 1)];
    for (const each of [a, b, c]) lanes.add(each);
    expect(started).toEqual([a]);
    await end(a);
    expect(started).toEqual([a, b]);
    await end(b);
    expect(started).toEqual([a, b, c]);
  });

  it('hands out what is not being tried when it is stopped, and gives back what would be tried again', async () => {
    const { lanes, started, givenBack, end } = create(1);
    const [a1, a2, b1] = [item('a', 1), item('a', 2), item('b', 1)];
    for (const each of [a1, a2, b1]) lanes.add(each);
    expect(lanes.stop()).toEqual([a2, b1]);
    let idle = false;
    void lanes.idle().then(() => (idle = true));
    await new Promise(setImmediate);
    expect(idle).toBe(false);
    await end(a1, { retryAfterMs: 10 });
    expect(givenBack).toEqual([a1]);
    expect(idle).toBe(true);
    expect(started).toEqual([a1]);
  });

  it('tries everything as often as it takes, in order per entity, however the tries end', async () => {
    const items = fc.array(
      fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 2 }), fc.boolean()),
    );
    await fc.assert(
      fc.asyncProperty(items, fc.integer({ min: 1, max: 3 }), async (wanted, concurrency) => {
        const all = wanted.map(([entity, failures, late], number) => ({
          ...item(entity, number, failures),
          late,
        }));
        const settled: Item[] = [];
        const tries = new Map<Item, number>();
        let running = 0;
        await new Promise<void>((done) => {
          if (all.length === 0) done();
          const lanes = new EntityLanes<(typeof all)[number]>({
            concurrency,
            isSolitary: () => false,
            giveBack: () => undefined,
            attempt: (each) => {
              running += 1;
              expect(running).toBeLessThanOrEqual(concurrency);
              const count = (tries.get(each) ?? 0) + 1;
              tries.set(each, count);
              const conclude = (): Outcome => {
                running -= 1;
                if (count <= each.failures) return { retryAfterMs: 0 };
                settled.push(each);
                if (settled.length === all.length) done();
                return 'settled';
              };
              return each.late ? new Promise<void>(setImmediate).then(conclude) : conclude();
            },
          });
          for (const each of all) lanes.add(each);
        });
        for (const entity of ['a', 'b', 'c']) {
          const of = (list: readonly Item[]) => list.filter((each) => each.entity === entity);
          expect(of(settled)).toEqual(of(all));
        }
        for (const each of all) expect(tries.get(each)).toBe(each.failures + 1);
      }),
      { numRuns: 60 },
    );
  });
});
