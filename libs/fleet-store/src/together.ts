interface Asked<T> {
  item: T;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * Does in one go what is asked for in one turn of the event loop. `work` says of each in turn what is wrong with it, or
 * nothing, and that is what its asker learns; where it rejects, all of them do.
 */
export function createTogether<T>(
  work: (items: readonly T[]) => Promise<readonly (Error | undefined)[]>,
): (item: T) => Promise<void> {
  let waiting: Asked<T>[] = [];

  async function go(): Promise<void> {
    const asked = waiting;
    waiting = [];
    try {
      const wrong = await work(asked.map(({ item }) => item));
      for (const [index, { resolve, reject }] of asked.entries()) {
        if (wrong[index] === undefined) resolve();
        else reject(wrong[index]);
      }
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      if (waiting.push({ item, resolve, reject }) === 1) setImmediate(() => void go());
    });
}
