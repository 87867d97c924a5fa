interface Asked<Item, Outcome> {
  readonly item: Item;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Does in one go what is asked for in one turn of the event loop. `work` gives what came of each in turn, and that is what
 * its asker learns: an error rejects. Where `work` rejects, all of them do.
 */
export const createTogether = <Item, Outcome = undefined>(
  work: (items: readonly Item[]) => Promise<readonly (Outcome | Error)[]>,
): ((item: Item) => Promise<Outcome>) => {
  let waiting: Asked<Item, Outcome>[] = [];

  const go = async (): Promise<void> => {
    const asked = waiting;
    waiting = [];
    try {
      const outcomes = await work(asked.map(({ item }) => item));
      for (const [index, { resolve, reject }] of asked.entries()) {
        const outcome = outcomes[index];
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome as Outcome);
      }
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  };

  return (item) =>
    new Promise((resolve, reject) => {
      if (waiting.push({ item, resolve, reject }) === 1) setImmediate(() => void go());
    });
};
