import type { GatewayBeats } from '@fleet/fleet-store';

export interface WatchRules {
  /** A process that has not beaten for this long, while we looked, is lost. */
  lostAfterMs: number;
  /** Not having looked for longer than this begins the wait anew: the others could not have told us. */
  gapMs: number;
}

/**
 * Tells which gateway processes are lost by whether their heartbeats move, as seen from here. It compares no clocks,
 * and an outage of Redis makes nobody lost. Times are milliseconds of one monotonic clock.
 */
export interface ProcessWatch {
  observe(beats: GatewayBeats, now: number): void;
  isLost(processId: string, now: number): boolean;
}

export function createProcessWatch({ lostAfterMs, gapMs }: WatchRules): ProcessWatch {
  const seen = new Map<string, { beat: number; still: number }>();
  let lookedAt = -Infinity;

  return {
    observe(beats, now) {
      if (now - lookedAt > gapMs) seen.clear();
      lookedAt = now;
      for (const [processId, beat] of beats) {
        if (seen.get(processId)?.beat !== beat) seen.set(processId, { beat, still: now });
      }
    },
    isLost(processId, now) {
      if (now - lookedAt > gapMs) return false;
      // One that never beat may have started a moment ago: its time begins when it is first asked for.
      const last = seen.get(processId) ?? { beat: NaN, still: now };
      seen.set(processId, last);
      return now - last.still >= lostAfterMs;
    },
  };
}
