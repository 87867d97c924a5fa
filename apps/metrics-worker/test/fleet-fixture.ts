import { eventually } from '@fleet/testing';

import { startChildWorker, type ChildWorker } from './child-fixture.ts';
import type { Producer } from './missions-fixture.ts';

/** Workers in processes of their own that share one Redis, and what can happen to them. */
export interface Fleet extends AsyncDisposable {
  /** Any of those that are up. */
  anyone(): ChildWorker;
  /** Kills (-9) whoever runs the aggregation, waits until another has taken over, and starts a new one. */
  readonly kill: () => Promise<void>;
  /** Stops whoever runs the aggregation (SIGSTOP) until another has taken over, then has it go on. */
  readonly freeze: () => Promise<void>;
}

export const startFleet = async (size: number, redisUrl: string, producer: Producer): Promise<Fleet> => {
  const workers = new Map<number, ChildWorker>();
  const dispose = async (): Promise<void> => {
    await Promise.all([...workers.values()].map((worker) => worker[Symbol.asyncDispose]()));
  };
  const start = async (place: number): Promise<void> => {
    const env = { SERVICE_INSTANCE: `worker-${place}`, AGGREGATION_INTERVAL_SECONDS: '0.05' };
    workers.set(place, await startChildWorker({ redis: redisUrl }, env));
  };

  /** The place of whoever took the lease last; -1 while Redis is away. */
  const lastHolder = async (): Promise<number> => {
    const holder = await producer.redis.commands
      .hget('job:{aggregate_mission_metrics}:fence', 'holder')
      .catch(() => null);
    return Number(/^worker-(\d+)-/.exec(holder ?? '')?.[1] ?? -1);
  };
  const holder = () =>
    eventually(async () => {
      const place = await lastHolder();
      const worker = workers.get(place);
      return worker && { place, worker };
    });
  const takeoverFrom = (place: number) =>
    eventually(async () => ![place, -1].includes(await lastHolder()), {
      describe: 'a takeover',
      withinMs: 30_000,
    });

  try {
    await Promise.all(Array.from({ length: size }, (_, place) => start(place)));
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    anyone() {
      const [worker] = workers.values();
      if (worker === undefined) throw new Error('there is no worker');
      return worker;
    },
    async kill() {
      const { place, worker } = await holder();
      worker.child.kill('SIGKILL');
      await worker.child.exited;
      await takeoverFrom(place);
      await start(place);
    },
    async freeze() {
      const { place, worker } = await holder();
      worker.child.kill('SIGSTOP');
      try {
        await takeoverFrom(place);
      } finally {
        worker.child.kill('SIGCONT');
      }
    },
    [Symbol.asyncDispose]: dispose,
  };
};
