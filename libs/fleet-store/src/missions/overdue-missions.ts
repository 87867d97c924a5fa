import type { FleetRedis } from '../connect-redis.ts';
import { keys } from '../keys.ts';

/** Some of the missions under way. */
export interface OpenMissionsPage {
  /** Where the next page begins; null after the last one. */
  readonly next: string | null;
  readonly missions: readonly (readonly [missionId: string, history: string])[];
}

/**
 * Missions that were under way for too long when somebody looked. A mark says no more than that: whoever counts
 * missions looks again before it means anything, so marking needs no lease and may be repeated.
 */
export interface OverdueMissions {
  /** About so many missions under way. One that is so from the first page to the last is in one of them, perhaps in two. */
  open(from: string | null, about: number): Promise<OpenMissionsPage>;
  mark(missionIds: readonly string[]): Promise<void>;
  marked(limit: number): Promise<string[]>;
  unmark(missionIds: readonly string[]): Promise<void>;
}

export const createOverdueMissions = ({ commands }: FleetRedis): OverdueMissions => ({
  async open(from, about) {
    const [next, fields] = await commands.hscan(keys.missionsOpen(), from ?? '0', 'COUNT', about);
    const missions: [string, string][] = [];
    for (let index = 0; index + 1 < fields.length; index += 2) {
      missions.push([String(fields[index]), String(fields[index + 1])]);
    }
    return { next: next === '0' ? null : next, missions };
  },
  async mark(missionIds) {
    if (missionIds.length > 0) await commands.sadd(keys.missionsOverdue(), ...missionIds);
  },
  marked: (limit) => commands.srandmember(keys.missionsOverdue(), limit),
  async unmark(missionIds) {
    if (missionIds.length > 0) await commands.srem(keys.missionsOverdue(), ...missionIds);
  },
});
