import fc from 'fast-check';

import { maxTurns, Slices } from './slices.ts';

const filled = (size: number): Slices<number> => {
  const slices = new Slices<number>();
  for (let member = 0; member < size; member += 1) slices.add(member);
  return slices;
};

describe('members in slices', () => {
  it('have one of the turns each, however many turns there are', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.integer({ min: 1, max: maxTurns }), (size, turns) => {
        const slices = filled(size);
        const visited = Array.from({ length: turns }, (_, turn) => [...slices.turn(turn, turns)]);
        expect(visited.flat().sort((a, b) => a - b)).toEqual([...slices].sort((a, b) => a - b));
        expect(slices.size).toBe(size);
        expect(new Set(visited.flat()).size).toBe(size);
      }),
    );
  });

  it('are spread evenly', () => {
    const slices = filled(10 * maxTurns);
    for (let turn = 0; turn < maxTurns; turn += 1) expect([...slices.turn(turn, maxTurns)]).toHaveLength(10);
  });

  it('leave, also while they are visited', () => {
    const slices = filled(3 * maxTurns);
    for (const member of slices) slices.delete(member);
    expect(slices.size).toBe(0);
    slices.delete(1);
    expect([...slices]).toEqual([]);
  });
});
