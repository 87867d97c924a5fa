/** Numbers that look random and are the same for the same seed. */
export interface Random {
  /** 0 to 1. */
  next(): number;
  between(low: number, high: number): number;
  chance(probability: number): boolean;
}

/** The generator known as mulberry32: 32 bits of state, good enough for robots. */
export const createRandom = (seed: number): Random => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    chance: (probability) => next() < probability,
  };
};
