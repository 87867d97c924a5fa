import { isOutcome, type Outcome } from './mission-event.ts';
import type { Happening, MissionHistory } from './mission-history.ts';

/** One try at a mission, from its beginning to its end or to now. */
export interface Attempt {
  /** The retry that opened it; undefined for the first attempt. */
  readonly retriedAtMs: number | undefined;
  /** The mission's creation, where it falls into this attempt: a mission is created once. */
  readonly createdAtMs: number | undefined;
  readonly startedAtMs: number | undefined;
  readonly end: { readonly outcome: Outcome | 'abandoned'; readonly atMs: number } | undefined;
  /** From its start (or, failing that, its retry or creation) to its end; undefined when that is unknown. */
  readonly durationMs: number | undefined;
  readonly robotId: string | undefined;
}

/**
 * Tells a mission's history as attempts. In each the first outcome by event time wins, once. A retry after an outcome
 * opens the next attempt; a retry of something that has not ended says nothing new. Abandoned is what nothing is heard of
 * any more: whatever is heard later puts that right.
 */
export const attemptsOf = (history: MissionHistory): Attempt[] => {
  const attempts: Attempt[] = [];
  let from = 0;
  let ended = false;
  let created = false;
  for (let index = 0; index <= history.length; index += 1) {
    const kind = history[index]?.kind;
    if (kind !== undefined && !(kind === 'retried' && ended)) {
      ended ||= isOutcome(kind);
      continue;
    }
    if (from === index) break;
    const next = attempt(history, from, index, created);
    created ||= next.createdAtMs !== undefined;
    attempts.push(next);
    from = index;
    ended = false;
  }
  return attempts;
};

const attempt = (history: MissionHistory, from: number, to: number, wasCreated: boolean): Attempt => {
  let retriedAtMs: number | undefined;
  let createdAtMs: number | undefined;
  let startedAtMs: number | undefined;
  let end: Attempt['end'];
  let robotId: string | undefined;
  let endRobotId: string | undefined;
  for (let index = from; index < to; index += 1) {
    const { kind, atMs, robotId: robot } = history[index] as Happening;
    robotId ??= robot;
    if (kind === 'created') {
      if (!wasCreated) createdAtMs ??= atMs;
    } else if (kind === 'started') startedAtMs ??= atMs;
    else if (kind === 'retried') {
      if (index === from && from > 0) retriedAtMs = atMs;
    } else if (isOutcome(kind) && end === undefined) {
      end = { outcome: kind, atMs };
      endRobotId = robot;
    }
  }
  const last = history[to - 1];
  if (end === undefined && last?.kind === 'abandoned') end = { outcome: 'abandoned', atMs: last.atMs };
  return {
    retriedAtMs,
    createdAtMs,
    startedAtMs,
    end,
    robotId: endRobotId ?? robotId,
    durationMs:
      end === undefined || end.outcome === 'abandoned'
        ? undefined
        : durationMs(end.atMs, startedAtMs, retriedAtMs ?? createdAtMs),
  };
};

const durationMs = (endMs: number, ...beginnings: (number | undefined)[]): number | undefined => {
  for (const beginning of beginnings) {
    if (beginning !== undefined && beginning <= endMs) return endMs - beginning;
  }
  return undefined;
};
