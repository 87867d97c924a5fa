import type { Batch } from './batch.ts';
import type { Happening } from './mission-history.ts';

/** Since when each of these robots is offline, Unix milliseconds; robots that are connected are left out. */
export type OfflineSince = (robotIds: readonly string[]) => Promise<ReadonlyMap<string, number>>;

/**
 * Tells missions that failed because their robot was gone from those that failed by themselves: a failure whose robot
 * the gateways say was gone by then becomes `lost_connection`.
 * The verdict stands as it falls first; a robot that came back meanwhile, or was never seen, has failed.
 */
export const judgeFailures = async (batch: Batch, offlineSince: OfflineSince): Promise<Batch> => {
  const suspects = new Set<string>();
  for (const history of batch.missions.values()) {
    for (const { kind, robotId } of history) {
      if (kind === 'failed' && robotId !== undefined) suspects.add(robotId);
    }
  }
  if (suspects.size === 0) return batch;
  const since = await offlineSince([...suspects]);
  if (since.size === 0) return batch;

  const isLost = ({ kind, robotId, atMs }: Happening): boolean =>
    kind === 'failed' && robotId !== undefined && (since.get(robotId) ?? Infinity) <= atMs;
  const missions = new Map<string, readonly Happening[]>(batch.missions);
  for (const [missionId, history] of batch.missions) {
    if (!history.some(isLost)) continue;
    missions.set(
      missionId,
      history.map((each) => (isLost(each) ? { ...each, kind: 'lost_connection' } : each)),
    );
  }
  return { ...batch, missions };
};
