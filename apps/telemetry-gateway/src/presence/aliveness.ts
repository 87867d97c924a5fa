export interface AlivenessRules {
  /** Silent for longer than this, others may take this process for lost. */
  suspectAfterMs: number;
  /** What others may have declared in that silence is in the register this long after it ended. */
  settleMs: number;
  /** Two events of one id that are closer than this are surely stored once. */
  duplicateWindowMs: number;
}

/**
 * Whether others may have declared this process lost and closed its connections. While that is possible, a closing of
 * our own is only safe inside the stream's duplicate window. Times are Unix milliseconds, since a process that was
 * suspended together with its machine has to notice too.
 */
export interface Aliveness {
  /** A heartbeat sent at `sentAt` has reached Redis. */
  beaten(sentAt: number): void;
  /** Since when this process may be taken for lost; `undefined` when it cannot be. */
  suspectSince(now: number): number | undefined;
  mayClose(connectedAt: number, now: number): boolean;
  /** Our connections have been looked up in a register that has caught up with the stream. */
  verified(now: number): void;
}

export function createAliveness(rules: AlivenessRules, startedAt: number): Aliveness {
  let lastBeat = startedAt;
  let suspect: { since: number; until: number } | undefined;

  const suspectSince = (now: number): number | undefined =>
    suspect?.since ?? (now - lastBeat > rules.suspectAfterMs ? lastBeat : undefined);

  return {
    beaten(sentAt) {
      if (sentAt - lastBeat > rules.suspectAfterMs)
        suspect = { since: suspect?.since ?? lastBeat, until: sentAt };
      lastBeat = Math.max(lastBeat, sentAt);
    },
    suspectSince,
    mayClose(connectedAt, now) {
      const since = suspectSince(now);
      return since === undefined || now - Math.max(since, connectedAt) < rules.duplicateWindowMs;
    },
    verified(now) {
      if (suspect === undefined || now - lastBeat > rules.suspectAfterMs) return;
      if (now - suspect.until >= rules.settleMs) suspect = undefined;
    },
  };
}
