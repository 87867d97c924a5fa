import {
  GatheredReadings,
  writeReadings,
  type FleetRedis,
  type HistoryLimits,
  type Reading,
  type RobotReadings,
} from '@fleet/fleet-store';

import { PacedRounds } from './paced-rounds.ts';

export interface WriterCounts {
  written: number;
  /** Readings that were left out of the history because Redis was away for too long. */
  skipped: number;
  failures: number;
}

interface Waiting {
  readonly readings: GatheredReadings;
  readonly whenWritten: (() => void)[];
}

/** About: encoding and writing so many takes a millisecond or two, in which nothing else is done here or in Redis. */
const readingsAtOnce = 250;
const maxWaiting = 50_000;
/** Nobody waits for these: long gaps gather more readings for each call. */
const pace = { minGapMs: 50, maxGapMs: 200 };
const retryMs = 500;

/** Writes latest values and history to Redis, what came meanwhile in as few steps as let others through. */
export class TelemetryWriter {
  readonly counts: WriterCounts = { written: 0, skipped: 0, failures: 0 };
  readonly #redis: FleetRedis;
  readonly #limits: HistoryLimits;
  readonly #rounds = new PacedRounds(() => this.#writeWaiting(), pace);
  readonly #offStatus: () => void;
  #waiting = new Map<string, Waiting>();
  #count = 0;
  #retry: NodeJS.Timeout | undefined;

  constructor(redis: FleetRedis, limits: HistoryLimits) {
    this.#redis = redis;
    this.#limits = limits;
    this.#offStatus = redis.onStatus((status) => {
      if (status === 'ready' && this.#waiting.size > 0) this.#rounds.request();
    });
  }

  /** Never blocks: while Redis is away the newest reading of each robot is kept, and the rest as long as there is room. */
  add(robotId: string, reading: Reading, text: string): void {
    const { readings, whenWritten } = this.#waitingOf(robotId);
    readings.add(reading, text);
    this.#count += 1;
    if (this.#count > maxWaiting && whenWritten.length === 0) {
      const skipped = readings.forgetOlder();
      this.counts.skipped += skipped;
      this.#count -= skipped;
    }
    this.#request();
  }

  /** Resolves when the reading is in Redis, however long that takes. The caller bounds how many wait. */
  store(robotId: string, reading: Reading, text: string): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#waitingOf(robotId);
      waiting.readings.add(reading, text);
      waiting.whenWritten.push(resolve);
      this.#count += 1;
      this.#request();
    });
  }

  /** Writes what waits, if Redis is there. */
  async stop(): Promise<void> {
    await this.#rounds.flush();
    clearTimeout(this.#retry);
    this.#offStatus();
  }

  #waitingOf(robotId: string): Waiting {
    let waiting = this.#waiting.get(robotId);
    if (waiting === undefined) {
      waiting = { readings: new GatheredReadings(), whenWritten: [] };
      this.#waiting.set(robotId, waiting);
    }
    return waiting;
  }

  #request(): void {
    if (this.#redis.status === 'ready' && this.#retry === undefined) this.#rounds.request();
  }

  /** What comes while it writes, or could not be written, is for a later round: it stands behind those that waited. */
  async #writeWaiting(): Promise<void> {
    let robotsLeft = this.#waiting.size;
    while (robotsLeft > 0 && this.#redis.status === 'ready') robotsLeft -= await this.#writeSome(robotsLeft);
    if (this.#waiting.size > 0) this.#request();
  }

  /** Says of how many robots it has written. */
  async #writeSome(maxRobots: number): Promise<number> {
    const robots: [string, Waiting][] = [];
    let count = 0;
    for (const each of this.#waiting) {
      if (robots.length === maxRobots || count >= readingsAtOnce) break;
      robots.push(each);
      count += each[1].readings.size;
      this.#waiting.delete(each[0]);
    }
    this.#count -= count;
    const batch: RobotReadings[] = robots.map(([robotId, { readings }]) => ({ robotId, readings }));
    const results = await writeReadings(this.#redis, batch, this.#limits, Date.now() / 1000);
    for (const [index, [robotId, waiting]] of robots.entries()) {
      if (results[index]?.status === 'fulfilled') {
        this.counts.written += waiting.readings.size;
        for (const resolve of waiting.whenWritten) resolve();
      } else this.#putBack(robotId, waiting);
    }
    return robots.length;
  }

  #putBack(robotId: string, failed: Waiting): void {
    this.counts.failures += 1;
    const since = this.#waiting.get(robotId);
    this.#count += failed.readings.size;
    if (since !== undefined) {
      failed.readings.addAll(since.readings);
      failed.whenWritten.push(...since.whenWritten);
    }
    this.#waiting.set(robotId, failed);
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined;
      this.#request();
    }, retryMs);
  }
}
