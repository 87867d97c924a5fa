import { connectRedis } from '@fleet/fleet-store';
import { parseSettings, redisConnectionOf } from '@fleet/service-runtime';
import { commonSettings } from '@fleet/service-runtime';
import { z } from 'zod';

import type { TerminalLog } from '../report/terminal-log.ts';
import type { Summary } from '../report/summary.ts';
import type { Terminal } from '../terminal.ts';
import { countMission, noMissions, type MissionCounts } from './mission-counts.ts';
import type { MissionEvent } from './mission-event.ts';
import { MissionWriter } from './mission-writer.ts';

export interface MissionLogOptions {
  /** Whether missions are written down at all. */
  readonly missions: boolean;
  readonly redis?: string | undefined;
  readonly stream: string;
}

/** What happens to missions: counted, and written to the mission stream unless that is switched off. */
export interface MissionLog {
  readonly counts: MissionCounts;
  tell(event: MissionEvent): void;
  close(deadlineMs: number): Promise<Summary['missionEvents']>;
}

/** @param run names this run: no other has the same name */
export const openMissionLog = (
  options: MissionLogOptions,
  run: string,
  terminal: Terminal,
  log: TerminalLog,
): MissionLog => {
  const counts = noMissions();
  if (!options.missions)
    return { counts, tell: (event) => countMission(counts, event), close: () => Promise.resolve(undefined) };
  const env = { ...terminal.env, ...(options.redis !== undefined && { REDIS_URL: options.redis }) };
  const settings = parseSettings(z.object(commonSettings), env);
  const redis = connectRedis({ ...redisConnectionOf(settings), name: 'fleet-cli', log });
  const writer = new MissionWriter(redis, options.stream, run);
  return {
    counts,
    tell(event) {
      countMission(counts, event);
      writer.write(event);
    },
    async close(deadlineMs) {
      await writer.close(deadlineMs);
      await redis.stop();
      return { stream: options.stream, written: writer.written, unwritten: writer.unwritten };
    },
  };
};
