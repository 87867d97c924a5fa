import type { Tailed } from '@fleet/event-stream';

import type { Tail } from '../watch/open-tail.ts';

/** A stream that was found and gives nothing for so long has been read to its end, in milliseconds. */
const quietMs = 1_500;
const lookEveryMs = 50;

/** Ends a tail once it has caught up with the stream. A stream that cannot be found is waited for. */
export const untilCaughtUp = (tail: Tail, end: AbortController): Tail => {
  let lastMs: number | undefined;
  const watch = setInterval(() => {
    lastMs ??= tail.isReady() ? performance.now() : undefined;
    if (lastMs !== undefined && performance.now() - lastMs > quietMs) end.abort();
  }, lookEveryMs);
  return {
    async *[Symbol.asyncIterator](): AsyncGenerator<Tailed> {
      for await (const tailed of tail) {
        lastMs = performance.now();
        yield tailed;
      }
    },
    isReady: () => tail.isReady(),
    close() {
      clearInterval(watch);
      return tail.close();
    },
  };
};
