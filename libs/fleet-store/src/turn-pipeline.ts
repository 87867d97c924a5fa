import type { Redis } from 'ioredis';
import { createTogether } from './together.ts';

export type Command = [name: string, ...args: (string | number | Buffer)[]];

/**
 * Sends the commands of one turn of the event loop in one piece: a thousand connections that are opened at once cost one
 * write. Each settles by itself. Not for a cluster, whose pipelines may not span nodes.
 */
export const createTurnPipeline = (client: Redis): ((command: Command) => Promise<unknown>) =>
  createTogether<Command, unknown>(async (commands) => {
    const replies = (await client.pipeline([...commands]).exec()) ?? [];
    return commands.map((_, index) => {
      const [error, reply] = replies[index] ?? [new Error('Redis did not answer'), undefined];
      return error ?? reply;
    });
  });
