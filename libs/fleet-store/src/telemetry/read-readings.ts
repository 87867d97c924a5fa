import type { FleetRedis } from '../connect-redis.ts';
import { keys } from '../keys.ts';
import { decodeReading, type Reading } from './reading.ts';

/** The newest reading of a robot; nothing for one that never sent any. Rejects while Redis is away. */
export const readLatest = async (redis: FleetRedis, robotId: string): Promise<Reading | undefined> => {
  const text = await redis.commands.hget(keys.latest(robotId), 'reading');
  return text === null ? undefined : decodeReading(text);
};

export interface HistoryRange {
  /** Unix seconds, both bounds included; without one, as far as there is anything. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly limit: number;
}

/** A robot's kept readings within a range of recording time, newest first. Rejects while Redis is away. */
export const readHistory = async (
  redis: FleetRedis,
  robotId: string,
  { from, to, limit }: HistoryRange,
): Promise<Reading[]> => {
  const texts = await redis.commands.zrange(
    keys.history(robotId),
    String(to ?? '+inf'),
    String(from ?? '-inf'),
    'BYSCORE',
    'REV',
    'LIMIT',
    0,
    limit,
  );
  return texts.map(decodeReading);
};
