import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { batchedLua } from './batched-lua.ts';
import type { FleetRedis } from './connect-redis.ts';
import { inChunks } from './in-chunks.ts';

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
  /**
   * Like `runMany`, a hundred calls in one run of the script: for what is done in microseconds and asked for by
   * thousands, where a command for each costs more than what it does. All calls have as many keys and arguments.
   */
  runBatched(redis: FleetRedis, calls: readonly ScriptCall[]): Promise<PromiseSettledResult<Reply>[]>;
}

/** Redis does nothing else while these run: for a millisecond or so. */
const callsAtOnce = 100;

/** A script's text, and the name that the server knows it by. */
interface Source {
  readonly lua: string;
  readonly sha1: string;
}

const sourceOf = (lua: string): Source => ({ lua, sha1: createHash('sha1').update(lua).digest('hex') });

/** How many keys there are, they, and the arguments. */
type ScriptParameters = [number, ...ScriptArgument[]];

/**
 * A Lua script, sent by its hash and, where the server does not know it (yet, or any more), in full.
 * `Reply` is what the script's author says it returns; it is not checked.
 *
 * @param numberOfKeys as many as the caller names unless given
 */
export function createScript<Reply = unknown>(lua: string, numberOfKeys?: number): Script<Reply> {
  const single = sourceOf(lua);
  const batched = sourceOf(batchedLua(lua));

  function checkNumberOf(keys: readonly string[]): void {
    if (numberOfKeys === undefined || keys.length === numberOfKeys) return;
    throw new RangeError(`the script takes ${numberOfKeys} keys and got ${keys.length}`);
  }

  function parametersOf(keys: readonly string[], args: readonly ScriptArgument[]): ScriptParameters {
    checkNumberOf(keys);
    return [keys.length, ...keys, ...args];
  }

  function parametersOfBatch(calls: readonly ScriptCall[]): ScriptParameters {
    const names: string[] = [];
    const values: ScriptArgument[] = [calls.length];
    for (const { keys, args } of calls) {
      checkNumberOf(keys);
      if (keys.length !== calls[0]?.keys.length || args.length !== calls[0].args.length) {
        throw new RangeError('all calls of a batch have as many keys and arguments');
      }
      names.push(...keys);
      values.push(...args);
    }
    return [names.length, ...names, ...values];
  }

  const run = (commands: Redis, parameters: ScriptParameters): Promise<Reply> =>
    orInFull(commands, single, parameters, commands.evalsha(single.sha1, ...parameters)) as Promise<Reply>;

  async function runMany(
    redis: FleetRedis,
    calls: readonly ScriptCall[],
  ): Promise<PromiseSettledResult<Reply>[]> {
    const runs = calls.map(({ keys, args }) => parametersOf(keys, args));
    // A cluster's pipeline may not span nodes; there each call finds its own way.
    if (redis.commands.isCluster) {
      return Promise.allSettled(runs.map((parameters) => run(redis.commands, parameters)));
    }
    return Promise.allSettled(sendTogether<Reply>(redis.commands, single, runs));
  }

  return {
    run: async (redis, keys, args) => run(redis.commands, parametersOf(keys, args)),
    async runSoon(redis, keys, args) {
      const parameters = parametersOf(keys, args);
      const { commands } = redis;
      if (commands.isCluster) return run(commands, parameters);
      const reply = redis.soon(['evalsha', single.sha1, ...parameters]);
      return orInFull(commands, single, parameters, reply) as Promise<Reply>;
    },
    runMany,
    async runBatched(redis, calls) {
      // The keys of many lie on several servers there.
      if (redis.commands.isCluster) return runMany(redis, calls);
      const batches = inChunks(calls, callsAtOnce);
      const runs = batches.map(parametersOfBatch);
      const replies = await Promise.allSettled(
        sendTogether<(Reply | Error)[]>(redis.commands, batched, runs),
      );
      return replies.flatMap((reply, at) =>
        reply.status === 'fulfilled' ? reply.value.map(settledOf) : (batches[at] ?? []).map(() => reply),
      );
    },
  };
}

const settledOf = <Reply>(reply: Reply | Error): PromiseSettledResult<Reply> =>
  reply instanceof Error ? { status: 'rejected', reason: reply } : { status: 'fulfilled', value: reply };

/** What the server answers; once it is told the script where it does not know it. */
async function orInFull(
  commands: Redis,
  { lua }: Source,
  parameters: ScriptParameters,
  reply: Promise<unknown>,
): Promise<unknown> {
  try {
    return await reply;
  } catch (error) {
    if (!isUnknownScript(error)) throw error;
    return commands.eval(lua, ...parameters);
  }
}

/** Runs a script with each of the parameters, sent in one piece. */
function sendTogether<Reply>(
  commands: Redis,
  source: Source,
  runs: readonly ScriptParameters[],
): Promise<Reply>[] {
  if (runs.length === 0) return [];
  const pipeline = commands.pipeline();
  for (const parameters of runs) pipeline.evalsha(source.sha1, ...parameters);
  const replies = pipeline.exec();
  return runs.map((parameters, index) => {
    const own = replies.then((all) => {
      const [error, reply] = all?.[index] ?? [new Error('the pipeline was given up'), undefined];
      if (error !== null) throw error;
      return reply;
    });
    return orInFull(commands, source, parameters, own) as Promise<Reply>;
  });
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}
