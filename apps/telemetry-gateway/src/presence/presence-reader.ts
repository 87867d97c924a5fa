import { knownRobots, readPresence, type FleetRedis, type PresenceRecord } from '@fleet/fleet-store';
import { presenceAt, type StateRules } from './presence-state.ts';
import {
  PresenceAwayError,
  type Presence,
  type PresencePage,
  type PresenceQuery,
} from './presence-keeper.ts';

/** How many robots one query looks at, at most: a rare state gives short pages rather than slow ones. */
const scanLimit = 5000;
const atOnce = 500;

/** Answers from memory for the robots that are connected here, and from Redis for the others. */
export function createPresenceReader(parts: {
  redis: FleetRedis;
  rules: StateRules;
  /** The robot as this process knows it, if it is connected here. */
  here: (robotId: string) => PresenceRecord | undefined;
  isLost: (processId: string) => boolean;
}): {
  presenceOf(robotId: string): Promise<Presence | undefined>;
  list(query: PresenceQuery): Promise<PresencePage>;
} {
  const { redis, rules, here, isLost } = parts;

  const shown = (record: PresenceRecord, isHere: boolean): Presence =>
    presenceAt(record, isHere || !isLost(record.processId), Date.now(), rules);

  async function away<T>(read: Promise<T>): Promise<T> {
    try {
      return await read;
    } catch (cause) {
      throw new PresenceAwayError({ cause });
    }
  }

  async function presencesOf(robotIds: readonly string[]): Promise<Presence[]> {
    const records = await away(readPresence(redis, robotIds));
    return robotIds.flatMap((robotId, index) => {
      const local = here(robotId);
      const record = local ?? records[index];
      if (record === undefined) return [];
      const takeovers = Math.max(record.takeovers, records[index]?.takeovers ?? 0);
      return [shown({ ...record, takeovers }, local !== undefined)];
    });
  }

  return {
    async presenceOf(robotId) {
      try {
        return (await presencesOf([robotId]))[0];
      } catch (error) {
        const local = here(robotId);
        if (local === undefined) throw error;
        return shown(local, true);
      }
    },
    async list({ limit, cursor, state }) {
      const robots: Presence[] = [];
      let after = cursor;
      for (let scanned = 0; scanned < scanLimit;) {
        const wanted = state === undefined ? limit - robots.length : atOnce;
        const robotIds = await away(knownRobots(redis, after, wanted));
        for (const presence of await presencesOf(robotIds)) {
          if (state !== undefined && presence.state !== state) continue;
          robots.push(presence);
          if (robots.length === limit) return { robots, nextCursor: presence.robotId };
        }
        if (robotIds.length < wanted) return { robots };
        after = robotIds.at(-1);
        scanned += robotIds.length;
      }
      return { robots, nextCursor: after };
    },
  };
}
