/** Times of presence, in milliseconds. */
export interface PresenceSettings {
  /** Silent for longer than this, a connected robot is `stale`. */
  staleAfterMs: number;
  /** A robot whose gateway shut down is expected back for this long. */
  graceMs: number;
  /** More takeovers of a robot in a minute are a fight; 15 unless given. */
  takeoverLimit?: number | undefined;
  /** Between heartbeats; 3000 unless given. Whatever does not beat for more than three of them is lost. */
  beatMs?: number | undefined;
  /** Between writes of when robots were last heard; 2000 unless given. */
  touchMs?: number | undefined;
  /** Between checks of every connection against Redis; 15,000 unless given. */
  reconcileMs?: number | undefined;
}

export type PresenceTimes = Required<{ [K in keyof PresenceSettings]: NonNullable<PresenceSettings[K]> }> & {
  lostAfterMs: number;
};

/** Fills in what was not given, and derives what follows from it. */
export function presenceTimes(settings: PresenceSettings): PresenceTimes {
  const beatMs = settings.beatMs ?? 3000;
  return {
    staleAfterMs: settings.staleAfterMs,
    graceMs: settings.graceMs,
    takeoverLimit: settings.takeoverLimit ?? 15,
    beatMs,
    touchMs: settings.touchMs ?? 2000,
    reconcileMs: settings.reconcileMs ?? 15_000,
    lostAfterMs: Math.ceil(beatMs * 3.4),
  };
}
