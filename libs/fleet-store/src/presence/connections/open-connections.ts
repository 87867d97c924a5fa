import type { FleetRedis } from '../../connect-redis.ts';
import { keys } from '../../keys.ts';
import type { OpenConnection } from './open-connection.ts';

/** The gateway processes that the register's open connections belong to, with their number. */
export async function connectionOwners(redis: FleetRedis): Promise<ReadonlyMap<string, number>> {
  const counts = await redis.commands.hgetall(keys.connectionOwners());
  return new Map(Object.entries(counts).map(([processId, count]) => [processId, Number(count)]));
}

interface StoredRecord {
  process: string;
  robot: string;
  connected_at: number;
}

/** The open connections of one gateway process, some at a time; one may come twice. */
export async function* openConnectionsOf(
  redis: FleetRedis,
  processId: string,
): AsyncGenerator<OpenConnection[], void, undefined> {
  let cursor = '0';
  do {
    const [next, flat] = await redis.commands.hscan(keys.openConnections(), cursor, 'COUNT', 500);
    cursor = next;
    const connections: OpenConnection[] = [];
    for (let index = 0; index + 1 < flat.length; index += 2) {
      const record = JSON.parse(flat[index + 1] as string) as StoredRecord;
      if (record.process !== processId) continue;
      connections.push({
        connectionId: flat[index] as string,
        robotId: record.robot,
        processId,
        connectedAt: record.connected_at,
      });
    }
    if (connections.length > 0) yield connections;
  } while (cursor !== '0');
}
