import { once } from 'node:events';

import type { Tailed } from '@fleet/event-stream';

import type { Terminal } from '../terminal.ts';
import type { Tail } from './open-tail.ts';

/** Writes every event on a line of its own, no faster than they are read, and closes the tail. */
export const printTail = async (
  tail: Tail,
  terminal: Terminal,
  format: (tailed: Tailed) => string,
): Promise<void> => {
  const { stdout, interrupted } = terminal;
  try {
    for await (const tailed of tail)
      if (!stdout.write(`${format(tailed)}\n`))
        await once(stdout, 'drain', { signal: interrupted }).catch(() => undefined);
  } finally {
    await tail.close();
  }
};
