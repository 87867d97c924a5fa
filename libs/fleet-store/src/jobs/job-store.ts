import type { FleetRedis } from '../connect-redis.ts';
import { keys } from '../keys.ts';
import { acquireScript, releaseScript, renewScript } from './lease-scripts.ts';

export interface AcquiredLease {
  /** Grows with every holder: what is written under a smaller one than was seen before is refused. */
  readonly fence: number;
  /** Who had it before; null for the first. */
  readonly before: string | null;
}

/** `asked`: the lease is still held, and somebody has asked for a run. */
export type LeaseAnswer = 'held' | 'asked' | 'lost';

/** What the replicas that share jobs tell each other. Every call rejects while Redis is away. */
export interface JobStore {
  acquire(jobId: string, holder: string, ttlMs: number): Promise<AcquiredLease | null>;
  renew(jobId: string, fence: number, ttlMs: number): Promise<LeaseAnswer>;
  release(jobId: string, fence: number): Promise<void>;
  /** Asks whoever holds the lease for a run. */
  ask(jobId: string): Promise<void>;
  /** A run begins: the next one by interval is due in so long. */
  begun(jobId: string, run: string, intervalMs: number | undefined): Promise<void>;
  /** Milliseconds until the next run by interval is due, by the clock of the server. */
  dueInMs(jobId: string): Promise<number>;
  /** Up to when the runs of a cron expression are settled, Unix milliseconds; null before the first. */
  settledUntil(jobId: string): Promise<number | null>;
  settle(jobId: string, untilMs: number): Promise<void>;
  /** A run has ended: keeps its record as the newest of the last hundred. */
  ended(jobId: string, run: string): Promise<void>;
  /** The run under way and the last ones, newest first, as JSON. */
  runs(jobId: string, limit: number): Promise<{ running: string | null; ended: string[] }>;
}

const keptRuns = 100;

/** A run that was never ended, because its process died, is forgotten after a day. */
const runningTtlSeconds = 86_400;

export const createJobStore = (redis: FleetRedis): JobStore => {
  const { commands } = redis;
  return {
    async acquire(jobId, holder, ttlMs) {
      const reply = await acquireScript.run(
        redis,
        [keys.jobLease(jobId), keys.jobFence(jobId)],
        [holder, ttlMs],
      );
      return reply === null ? null : { fence: reply[0], before: reply[1] };
    },
    async renew(jobId, fence, ttlMs) {
      const reply = await renewScript.run(
        redis,
        [keys.jobLease(jobId), keys.jobRequested(jobId)],
        [fence, ttlMs],
      );
      return reply === 0 ? 'lost' : reply === 2 ? 'asked' : 'held';
    },
    async release(jobId, fence) {
      await releaseScript.run(redis, [keys.jobLease(jobId)], [fence]);
    },
    async ask(jobId) {
      await commands.set(keys.jobRequested(jobId), 1);
    },
    async begun(jobId, run, intervalMs) {
      const pipeline = commands.pipeline().set(keys.jobRunning(jobId), run, 'EX', runningTtlSeconds);
      if (intervalMs !== undefined)
        pipeline.set(keys.jobRecent(jobId), 1, 'PX', Math.max(1, Math.round(intervalMs)));
      await exec(pipeline);
    },
    async dueInMs(jobId) {
      return Math.max(0, await commands.pttl(keys.jobRecent(jobId)));
    },
    async settledUntil(jobId) {
      const until = await commands.get(keys.jobSettled(jobId));
      return until === null ? null : Number(until);
    },
    async settle(jobId, untilMs) {
      await commands.set(keys.jobSettled(jobId), untilMs);
    },
    async ended(jobId, run) {
      await exec(
        commands
          .pipeline()
          .lpush(keys.jobRuns(jobId), run)
          .ltrim(keys.jobRuns(jobId), 0, keptRuns - 1)
          .del(keys.jobRunning(jobId)),
      );
    },
    async runs(jobId, limit) {
      const [running, ended] = await Promise.all([
        commands.get(keys.jobRunning(jobId)),
        commands.lrange(keys.jobRuns(jobId), 0, limit - 1),
      ]);
      return { running, ended };
    },
  };
};

const exec = async (pipeline: ReturnType<FleetRedis['commands']['pipeline']>): Promise<void> => {
  for (const [error] of (await pipeline.exec()) ?? []) if (error !== null) throw error;
};
