import { setTimeout as delay } from 'node:timers/promises';

import { flowLine, readFigures, type FigureSources, type Figures } from './figures.ts';
import type { Screen } from './screen.ts';

const everyMs = 1_000;

/** Keeps the changing line true until the signal. */
export const watchFlow = async (
  sources: FigureSources,
  screen: Screen,
  signal: AbortSignal,
): Promise<void> => {
  let before: Figures | undefined;
  const isOver = () => signal.aborted;
  while (!isOver()) {
    const now = await readFigures(sources);
    if (before !== undefined && !isOver()) screen.flow(flowLine(before, now));
    before = now;
    await delay(everyMs, undefined, { signal }).catch(() => undefined);
  }
};
