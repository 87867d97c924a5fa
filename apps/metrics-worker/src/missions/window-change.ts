import type { Attempt } from './attempts.ts';
import { stepOf } from './histogram.ts';
import { outcomes, type Outcome } from './mission-event.ts';
import { Tally } from './tally.ts';

const minuteMs = 60_000;

/** What changes in one bucket of time. */
export class BucketChange {
  readonly #named = new Tally();
  readonly #steps = new Tally<number>();
  readonly #robots: Record<Outcome, Tally> = {
    completed: new Tally(),
    failed: new Tally(),
    cancelled: new Tally(),
    lost_connection: new Tally(),
  };

  count(name: string, change: number): void {
    this.#named.add(name, change);
  }

  countDuration(durationMs: number, change: number): void {
    this.#named.add('durations', change);
    this.#named.add('duration_ms', change * durationMs);
    this.#steps.add(stepOf(durationMs), change);
  }

  countRobot(outcome: Outcome, robotId: string, change: number): void {
    this.#robots[outcome].add(robotId, change);
  }

  add(other: BucketChange): void {
    this.#named.addAll(other.#named);
    this.#steps.addAll(other.#steps);
    for (const outcome of outcomes) this.#robots[outcome].addAll(other.#robots[outcome]);
  }

  /** By counter: `created`, `completed`, …, and `h<step>` of the duration histogram. */
  counts(): [string, number][] {
    return [
      ...this.#named,
      ...[...this.#steps].map(([step, change]): [string, number] => [`h${step}`, change]),
    ];
  }

  /** By outcome and robot: `completed:robot_001`. */
  robots(): [string, number][] {
    return outcomes.flatMap((outcome) =>
      [...this.#robots[outcome]].map(([robotId, change]): [string, number] => [
        `${outcome}:${robotId}`,
        change,
      ]),
    );
  }
}

/** What changes in the minutes of event time, by Unix seconds of their beginning. */
export class WindowChange {
  readonly minutes = new Map<number, BucketChange>();
  #last: { start: number; change: BucketChange } | undefined;

  /** Counts a single thing that happened. */
  count(name: string, atMs: number, change = 1): void {
    this.#minute(atMs).count(name, change);
  }

  /** Counts an attempt, or with `change` -1 takes it back: each part in the minute when it happened. */
  countAttempt(attempt: Attempt, change: 1 | -1): void {
    const { retriedAtMs, createdAtMs, startedAtMs, end, durationMs, robotId } = attempt;
    if (retriedAtMs !== undefined) this.count('retried', retriedAtMs, change);
    if (createdAtMs !== undefined) this.count('created', createdAtMs, change);
    if (startedAtMs !== undefined) this.count('started', startedAtMs, change);
    if (end === undefined) return;
    const minute = this.#minute(end.atMs);
    minute.count(end.outcome, change);
    if (robotId !== undefined && end.outcome !== 'abandoned') minute.countRobot(end.outcome, robotId, change);
    if (durationMs !== undefined) minute.countDuration(durationMs, change);
  }

  #minute(atMs: number): BucketChange {
    const start = Math.floor(atMs / minuteMs) * 60;
    // What comes one after the other mostly happened in the same minute.
    if (this.#last?.start === start) return this.#last.change;
    let change = this.minutes.get(start);
    if (change === undefined) this.minutes.set(start, (change = new BucketChange()));
    this.#last = { start, change };
    return change;
  }
}
