import type { FleetRedis } from '@fleet/fleet-store';

import { missionStreamKey } from './missions-fixture.ts';

export type Entry = readonly [id: string, fields: readonly string[]];

const page = 20_000;

/** The whole mission stream. Taken as JSON, which is read many times faster than the reply of XRANGE itself. */
export const readStream = async ({ commands }: FleetRedis): Promise<Entry[]> => {
  const entries: Entry[] = [];
  for (let last = '0-0'; ;) {
    const script = "return cjson.encode(redis.call('XRANGE', KEYS[1], ARGV[1], '+', 'COUNT', ARGV[2]))";
    const text = (await commands.eval(script, 1, missionStreamKey, `(${last}`, page)) as string;
    // An empty table is an empty object to the encoder.
    const more = text === '{}' ? [] : (JSON.parse(text) as Entry[]);
    for (const entry of more) entries.push(entry);
    const end = more.at(-1);
    if (end === undefined || more.length < page) return entries;
    [last] = end;
  }
};
