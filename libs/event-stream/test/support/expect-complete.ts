import type { Load } from './load.ts';
import type { StoredMessage } from './read-stream.ts';

/** The numbers of each subject's messages, in the order they were stored. */
export const numbersBySubject = (stored: readonly StoredMessage[]): Map<string, number[]> => {
  const bySubject = new Map<string, number[]>();
  for (const { subject, payload } of stored) {
    const numbers = bySubject.get(subject) ?? [];
    numbers.push(payload.seq ?? 0);
    bySubject.set(subject, numbers);
  }
  return bySubject;
};

/** Expects every sample of a load to be stored once, and each robot's in the order of the calls. */
export const expectComplete = (stored: readonly StoredMessage[], { robots, samples }: Load): void => {
  expect(new Set(stored.map(({ id }) => id)).size).toBe(stored.length);
  expect(stored.length).toBe(robots * samples);
  const inOrder = Array.from({ length: samples }, (_, index) => index + 1);
  for (const numbers of numbersBySubject(stored).values()) expect(numbers).toEqual(inOrder);
};
