import type { FleetRedis } from '../connect-redis.ts';
import { openBulkReader } from './bulk-reader.ts';
import { readScript } from './read-script.ts';

/** What Redis says of a stream; Redis 7 and up. */
export interface StreamFacts {
  readonly length: number;
  readonly lastId: string;
  /** How many entries it ever got. */
  readonly added: number;
  /** The id of its first entry; null when it is empty. */
  readonly firstId: string | null;
}

/** An entry as Redis gives it: its id, then names and values in turn. */
export type RawEntry = [id: string, fields: string[]];

/** Reads along a stream, oldest first, one read at a time. */
export interface StreamReader {
  /** The entries after `after`, up to and with `to` (`+` for the end). */
  read(after: string, to: string, count: number): Promise<RawEntry[]>;
  close(): void;
}

/** The stream that mission producers write. This service only reads it. */
export interface MissionStream {
  /** Null when there is no such stream. Costs the same however long it is. */
  facts(): Promise<StreamFacts | null>;
  /** The entries after `after`, up to and with `to` (`+` for the end), oldest first. */
  read(after: string, to: string, count: number): Promise<RawEntry[]>;
  /** For reading about so many entries: a connection of its own where that is worth it. */
  open(entries: number): Promise<StreamReader>;
}

/** Fewer are read faster than a connection is made. */
const worthConnecting = 2000;

export const createMissionStream = (redis: FleetRedis, key: string): MissionStream => {
  const read = async (after: string, to: string, count: number): Promise<RawEntry[]> =>
    JSON.parse(await readScript.run(redis, [key], [`(${after}`, to, count])) as RawEntry[];

  return {
    async facts() {
      let reply: unknown[];
      try {
        reply = (await redis.commands.xinfo('STREAM', key)) as unknown[];
      } catch (error) {
        if (error instanceof Error && error.message.includes('no such key')) return null;
        throw error;
      }
      const facts = new Map<unknown, unknown>();
      for (let index = 0; index + 1 < reply.length; index += 2) facts.set(reply[index], reply[index + 1]);
      const length = Number(facts.get('length'));
      return {
        length,
        lastId: String(facts.get('last-generated-id')),
        added: Number(facts.get('entries-added') ?? length),
        firstId: length === 0 ? null : (facts.get('first-entry') as [string])[0],
      };
    },
    async open(entries) {
      if (entries < worthConnecting || redis.commands.isCluster) return { read, close: () => undefined };
      return openBulkReader(redis, key);
    },
    read,
  };
};
