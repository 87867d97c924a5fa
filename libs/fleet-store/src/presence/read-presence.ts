import type { FleetRedis } from '../connect-redis.ts';
import { keys } from '../keys.ts';
import { createScript } from '../script.ts';
import { parsePresence, type PresenceRecord } from './presence-record.ts';

const script = createScript<[fields: string[], takeovers: number]>(
  `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local count = 0
for index, at in ipairs(redis.call('LRANGE', KEYS[2], 0, -1)) do
  if tonumber(at) + 60000 > now then count = index end
end
return { redis.call('HGETALL', KEYS[1]), count }
`,
  2,
);

const fieldsOf = (flat: readonly string[]): Record<string, string> => {
  const fields: Record<string, string> = {};
  for (let index = 0; index + 1 < flat.length; index += 2) {
    fields[flat[index] as string] = flat[index + 1] as string;
  }
  return fields;
};

/** What is known of each robot, in the order asked for; `undefined` for one never seen. Rejects while Redis is away. */
export async function readPresence(
  redis: FleetRedis,
  robotIds: readonly string[],
): Promise<(PresenceRecord | undefined)[]> {
  const settled = await script.runBatched(
    redis,
    robotIds.map((robotId) => ({ keys: [keys.presence(robotId), keys.takeovers(robotId)], args: [] })),
  );
  return settled.map((each, index) => {
    if (each.status === 'rejected') throw each.reason;
    const [flat, takeovers] = each.value;
    return parsePresence(robotIds[index] as string, fieldsOf(flat), takeovers);
  });
}
