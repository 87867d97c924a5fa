import { isNewer, type Reading } from '@fleet/fleet-store';

/** The newest reading of each robot that is connected to this instance: known even while Redis is away. */
export class LatestHere {
  readonly #latest = new Map<string, Reading>();

  offer(robotId: string, reading: Reading): void {
    const kept = this.#latest.get(robotId);
    if (kept === undefined || isNewer(reading, kept)) this.#latest.set(robotId, reading);
  }

  of(robotId: string): Reading | undefined {
    return this.#latest.get(robotId);
  }

  forget(robotId: string): void {
    this.#latest.delete(robotId);
  }
}
