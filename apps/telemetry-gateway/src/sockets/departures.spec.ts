import { setImmediate as nextTurn } from 'node:timers/promises';

import { Departures } from './departures.ts';

/** Takes its time. */
const busyMs = (ms: number): void => {
  const endsAt = performance.now() + ms;
  while (performance.now() < endsAt);
};

describe('Departures', () => {
  it('spreads many over several turns of the event loop, in their order', async () => {
    const departures = new Departures();
    const gone: number[] = [];
    for (let index = 0; index < 20; index += 1) {
      departures.add({
        depart: () => {
          gone.push(index);
          busyMs(1);
        },
      });
    }
    expect(gone).toEqual([]);
    let turns = 0;
    while (gone.length < 20) {
      await nextTurn();
      turns += 1;
    }
    expect(turns).toBeGreaterThan(1);
    expect(gone).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });

  it('does what is hastened at once, and not again', async () => {
    const departures = new Departures();
    const depart = jest.fn();
    const departing = { depart };
    departures.add(departing);
    departures.hasten(departing);
    expect(depart).toHaveBeenCalledTimes(1);
    departures.hasten(departing);
    await nextTurn();
    await nextTurn();
    expect(depart).toHaveBeenCalledTimes(1);
  });

  it('takes in who leaves while others depart', async () => {
    const departures = new Departures();
    const depart = jest.fn();
    departures.add({ depart: () => departures.add({ depart }) });
    await nextTurn();
    await nextTurn();
    expect(depart).toHaveBeenCalledTimes(1);
  });
});
