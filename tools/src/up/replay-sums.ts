import { setTimeout as delay } from 'node:timers/promises';

import type { EventCounts } from './event-counts.ts';
import { readFigures, type Figures, type FigureSources } from './figures.ts';

const countedWithinMs = 120_000;

export const nothingStored: EventCounts = { samples: 0, events: 0 };

/** Everything written up to `sinceMs` is counted, and NATS says what it holds. */
export const isCounted = ({ missions, stored }: Figures, sinceMs: number): boolean =>
  stored !== undefined && missions?.lag === 0 && missions.asOf !== null && missions.asOf * 1000 >= sinceMs;

/** Waits until the worker has counted what was written up to now; rejects when it does not within two minutes. */
export const allCounted = async (sources: FigureSources, signal: AbortSignal): Promise<Figures> => {
  const sinceMs = Date.now();
  for (;;) {
    const figures = await readFigures(sources);
    if (isCounted(figures, sinceMs)) return figures;
    if (Date.now() - sinceMs > countedWithinMs)
      throw new Error('the worker has not counted the missions in two minutes');
    await delay(250, undefined, { signal });
  }
};

export const replaySums = (before: EventCounts, { stored, missions }: Figures): string => {
  const { samples, events } = stored ?? nothingStored;
  const since = (now: number, then: number) => (then === 0 ? '' : `, ${now - then} of them since the start`);
  return [
    `messages in CHARTER_TELEMETRY: ${samples}${since(samples, before.samples)}`,
    `messages in CHARTER_EVENTS: ${events}${since(events, before.events)}`,
    `missions: ${missions?.completed ?? 0} completed, ${missions?.failed ?? 0} failed, ${missions?.cancelled ?? 0} cancelled, ${missions?.inFlight ?? 0} under way`,
  ].join('\n');
};
