/**
 * Lets those who ask go on together: what they then send to the same place leaves in one piece. That is at the end of this
 * turn of the event loop, and `pauseMs` after it was the last time: whoever comes alone waits for nobody, and of those who
 * come in a storm more go together.
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
