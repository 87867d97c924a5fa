import { context, ROOT_CONTEXT } from '@opentelemetry/api';

/**
 * Turns single calls into batches without making any of them wait for a timer: while one batch is being written, the
 * calls that come meanwhile gather for the next. Each call settles as its batch does.
 */
export const gather = <T>(
  write: (batch: readonly T[]) => Promise<void>,
  maxBatch: number,
): ((item: T) => Promise<void>) => {
  let waiting: { item: T; resolve: () => void; reject: (error: unknown) => void }[] = [];
  let isWriting = false;

  const writeAll = async (): Promise<void> => {
    isWriting = true;
    // What arrives in the same turn of the event loop belongs together.
    await Promise.resolve();
    while (waiting.length > 0) {
      const batch = waiting.slice(0, maxBatch);
      waiting = waiting.slice(maxBatch);
      try {
        await write(batch.map(({ item }) => item));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    isWriting = false;
  };

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      // A batch is for everybody, not a part of the trace of whoever came first.
      if (!isWriting) void context.with(ROOT_CONTEXT, writeAll);
    });
};
