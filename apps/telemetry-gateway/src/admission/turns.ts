/**
 * Resolves at the end of this turn of the event loop, for all who ask in it one after the other: what they then send to
 * the same place leaves in one piece. Turns follow each other no faster than every `pauseMs`: whoever comes alone waits
 * for nobody, and of those who come in a storm more go together.
 */
export const createTurns = (pauseMs: number): (() => Promise<void>) => {
  let turn: Promise<void> | undefined;
  let endedAt = -Infinity;
  return () =>
    (turn ??= new Promise((resolve) => {
      const end = (): void => {
        turn = undefined;
        endedAt = performance.now();
        resolve();
      };
      const waitMs = endedAt + pauseMs - performance.now();
      if (waitMs > 0) setTimeout(end, waitMs);
      else setImmediate(end);
    }));
};
