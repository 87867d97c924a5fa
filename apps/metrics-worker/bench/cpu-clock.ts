import type { Redis } from 'ioredis';

/** What some work cost. */
export interface Cost {
  readonly seconds: number;
  /** CPU of this process and of the server, microseconds. */
  readonly clientMicros: number;
  readonly serverMicros: number;
}

/** Runs the work and tells what it cost both ends. */
export const costOf = async (redis: Redis, work: () => Promise<void>): Promise<Cost> => {
  const serverBefore = await serverMicros(redis);
  const clientBefore = process.cpuUsage();
  const startedAt = performance.now();
  await work();
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(clientBefore);
  return { seconds, clientMicros: user + system, serverMicros: (await serverMicros(redis)) - serverBefore };
};

const serverMicros = async (redis: Redis): Promise<number> => {
  const facts = await redis.info('cpu');
  const of = (name: string): number => Number(new RegExp(`${name}:([0-9.]+)`).exec(facts)?.[1] ?? 0);
  return (of('used_cpu_user') + of('used_cpu_sys')) * 1e6;
};
