import type { Redis } from 'ioredis';

export type Command = [name: string, ...args: (string | number | Buffer)[]];

interface Waiting {
  readonly command: Command;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends the commands of one turn of the event loop in one piece: a thousand connections that are opened at once cost one
 * write. Each settles by itself. Not for a cluster, whose pipelines may not span nodes.
 */
export const createTurnPipeline = (client: Redis): ((command: Command) => Promise<unknown>) => {
  let waiting: Waiting[] = [];

  async function send(): Promise<void> {
    const sent = waiting;
    waiting = [];
    try {
      const replies = (await client.pipeline(sent.map(({ command }) => command)).exec()) ?? [];
      for (const [index, { resolve, reject }] of sent.entries()) {
        const [error, reply] = replies[index] ?? [new Error('Redis did not answer'), undefined];
        if (error === null) resolve(reply);
        else reject(error);
      }
    } catch (error) {
      for (const { reject } of sent) reject(error);
    }
  }

  return (command) =>
    new Promise((resolve, reject) => {
      if (waiting.push({ command, resolve, reject }) === 1) setImmediate(() => void send());
    });
};
