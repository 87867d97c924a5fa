/** Robots whose connections are taken over too often: two of them fight for one id. Times are Unix milliseconds. */
export interface Fights {
  /** A takeover seen by this process alone; it counts while Redis cannot count. */
  tookOver(robotId: string, at: number): void;
  /** What Redis says of a robot. */
  heard(robotId: string, delayMs: number, at: number): void;
  delayMs(robotId: string, now: number): number;
  /** Takeovers of the last minute that this process saw itself. */
  countOf(robotId: string, now: number): number;
  /** True once a minute for each robot that is fought for. */
  isNews(robotId: string, now: number): boolean;
}

const minuteMs = 60_000;

export function createFights(limit: number): Fights {
  const takeovers = new Map<string, number[]>();
  const until = new Map<string, number>();
  const said = new Map<string, number>();
  let forgotAt = 0;

  const recent = (robotId: string, now: number): number[] =>
    (takeovers.get(robotId) ?? []).filter((at) => at > now - minuteMs);

  function forget(now: number): void {
    for (const robotId of takeovers.keys()) if (recent(robotId, now).length === 0) takeovers.delete(robotId);
    for (const [robotId, at] of until) if (at <= now) until.delete(robotId);
    for (const [robotId, at] of said) if (at <= now - minuteMs) said.delete(robotId);
    forgotAt = now;
  }

  return {
    tookOver(robotId, at) {
      if (at - forgotAt > minuteMs) forget(at);
      takeovers.set(robotId, [...recent(robotId, at), at].slice(-64));
    },
    heard(robotId, delayMs, at) {
      if (at - forgotAt > minuteMs) forget(at);
      if (delayMs > 0) until.set(robotId, at + delayMs);
    },
    delayMs(robotId, now) {
      const own = recent(robotId, now).at(-(limit + 1));
      const ownDelay = own === undefined ? 0 : own + minuteMs - now;
      return Math.max(0, ownDelay, (until.get(robotId) ?? 0) - now);
    },
    countOf: (robotId, now) => recent(robotId, now).length,
    isNews(robotId, now) {
      forget(now);
      if (said.has(robotId)) return false;
      said.set(robotId, now);
      return true;
    },
  };
}
