import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { FleetRedis } from './connect-redis.ts';

export type ScriptArgument = string | number | Buffer;

/** One run of a script: its keys (in a cluster they share one hash tag) and its arguments. */
export interface ScriptCall {
  keys: readonly string[];
  args: readonly ScriptArgument[];
}

export interface Script<Reply> {
  /** Runs atomically. Rejects at once while Redis is away. */
  run(redis: FleetRedis, keys: readonly string[], args: readonly ScriptArgument[]): Promise<Reply>;
  /** Like `run`, in one piece with all others of the same turn of the event loop: for what many ask at once. */
  runSoon(redis: FleetRedis, keys: readonly string[], args: readonly ScriptArgument[]): Promise<Reply>;
  /**
   * Runs each call atomically, all of them in one round trip, in order. Settles like `Promise.allSettled`: one call
   * that fails says nothing about the others. Never rejects.
   */
  runMany(redis: FleetRedis, calls: readonly ScriptCall[]): Promise<PromiseSettledResult<Reply>[]>;
}

/** How many keys there are, they, and the arguments. */
type ScriptParameters = [number, ...ScriptArgument[]];

/**
 * A Lua script, sent by its hash and, where the server does not know it (yet, or any more), in full.
 * `Reply` is what the script's author says it returns; it is not checked.
 *
 * @param numberOfKeys as many as the caller names unless given
 */
export function createScript<Reply = unknown>(lua: string, numberOfKeys?: number): Script<Reply> {
  const sha1 = createHash('sha1').update(lua).digest('hex');

  function parametersOf(keys: readonly string[], args: readonly ScriptArgument[]): ScriptParameters {
    if (numberOfKeys !== undefined && keys.length !== numberOfKeys) {
      throw new RangeError(`the script takes ${numberOfKeys} keys and got ${keys.length}`);
    }
    return [keys.length, ...keys, ...args];
  }

  const run = (commands: Redis, parameters: ScriptParameters): Promise<Reply> =>
    orInFull(commands, parameters, commands.evalsha(sha1, ...parameters));

  /** What the server answers; once it is told the script where it does not know it. */
  async function orInFull(
    commands: Redis,
    parameters: ScriptParameters,
    reply: Promise<unknown>,
  ): Promise<Reply> {
    try {
      return (await reply) as Reply;
    } catch (error) {
      if (!isUnknownScript(error)) throw error;
      return (await commands.eval(lua, ...parameters)) as Reply;
    }
  }

  return {
    run: async (redis, keys, args) => run(redis.commands, parametersOf(keys, args)),
    async runSoon(redis, keys, args) {
      const parameters = parametersOf(keys, args);
      const { commands } = redis;
      if (commands.isCluster) return run(commands, parameters);
      return orInFull(commands, parameters, redis.soon(['evalsha', sha1, ...parameters]));
    },
    async runMany(redis, calls) {
      const runs = calls.map(({ keys, args }) => parametersOf(keys, args));
      // A cluster's pipeline may not span nodes; there each call finds its own way.
      if (redis.commands.isCluster) {
        return Promise.allSettled(runs.map((parameters) => run(redis.commands, parameters)));
      }
      const replies = await sendTogether(redis.commands, sha1, runs);
      return Promise.allSettled(
        replies.map(async ([error, reply], index) => {
          if (error === null) return reply as Reply;
          if (!isUnknownScript(error)) throw error;
          return (await redis.commands.eval(lua, ...(runs[index] as ScriptParameters))) as Reply;
        }),
      );
    },
  };
}

async function sendTogether(
  commands: Redis,
  sha1: string,
  runs: readonly ScriptParameters[],
): Promise<[Error | null, unknown][]> {
  const pipeline = commands.pipeline();
  for (const parameters of runs) pipeline.evalsha(sha1, ...parameters);
  try {
    return (await pipeline.exec()) ?? [];
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error));
    return runs.map(() => [failure, undefined]);
  }
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}
