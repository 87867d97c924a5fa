/**
 * Resolves at the end of this turn of the event loop, for all who ask in it one after the other: what they then send to
 * the same place leaves in one piece.
 */
export const createTurns = (): (() => Promise<void>) => {
  let turn: Promise<void> | undefined;
  return () =>
    (turn ??= new Promise((resolve) => {
      setImmediate(() => {
        turn = undefined;
        resolve();
      });
    }));
};
