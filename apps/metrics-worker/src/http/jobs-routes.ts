import type { JobStore } from '@fleet/fleet-store';
import { z } from 'zod';

import type { Job } from '../jobs/job.ts';
import { nextCronTime } from '../jobs/next-due.ts';
import type { RunRecord } from '../jobs/run-record.ts';
import type { Scheduler } from '../jobs/scheduler.ts';
import { jobsAnswer, requestedAnswer, runsAnswer } from './answers.ts';
import { route, type Route } from './route.ts';

export interface JobsRoutesParts {
  readonly scheduler: Scheduler;
  readonly store: JobStore;
  readonly now: () => number;
}

const shownRuns = 10;
const keptRuns = 100;
const nothing = z.strictObject({});

export const jobsRoutes = ({ scheduler, store, now }: JobsRoutesParts): Route[] => {
  const runsOf = async (jobId: string, limit: number) => {
    const { running, ended } = await store.runs(jobId, limit);
    return {
      running: running === null ? null : (JSON.parse(running) as RunRecord),
      ended: ended.map((run) => JSON.parse(run) as RunRecord),
    };
  };

  const describe = async (job: Job) => {
    const [{ running, ended }, next] = await Promise.all([
      runsOf(job.id, shownRuns),
      nextRunAtMs(job, store, now),
    ]);
    return {
      job_id: job.id,
      schedule: toSchedule(job),
      next_run_at: next === null ? null : next / 1000,
      running,
      last_runs: ended,
    };
  };

  const isKnown = (id: string): boolean => scheduler.jobs.some((job) => job.id === id);

  return [
    route({
      method: 'get',
      path: '/jobs',
      operationId: 'listJobs',
      summary: 'The jobs, with their last runs and the next',
      scope: 'telemetry:read',
      query: nothing,
      answer: jobsAnswer,
      serve: async () => ({ jobs: await Promise.all(scheduler.jobs.map(describe)) }),
    }),
    route({
      method: 'get',
      path: '/jobs/:job_id/runs',
      operationId: 'listRuns',
      summary: 'The last runs of a job',
      scope: 'telemetry:read',
      query: nothing,
      answer: runsAnswer,
      isKnown,
      async serve({ id }) {
        const { running, ended } = await runsOf(id, keptRuns);
        return { job_id: id, running, runs: ended };
      },
    }),
    route({
      method: 'post',
      path: '/jobs/:job_id/run',
      operationId: 'runJob',
      summary: 'Has a job run as soon as no run of it is under way',
      scope: 'jobs:run',
      query: nothing,
      answer: requestedAnswer,
      status: 202,
      isKnown,
      async serve({ id }) {
        await scheduler.ask(id);
        return { job_id: id, requested: true as const };
      },
    }),
  ];
};

const toSchedule = ({ schedule }: Job) =>
  'everySeconds' in schedule
    ? { every_seconds: schedule.everySeconds }
    : { cron: schedule.cron, timezone: schedule.timezone ?? 'UTC' };

const nextRunAtMs = async (job: Job, store: JobStore, now: () => number): Promise<number | null> => {
  const { schedule } = job;
  if ('everySeconds' in schedule) return now() + (await store.dueInMs(job.id));
  return nextCronTime(schedule.cron, schedule.timezone, (await store.settledUntil(job.id)) ?? now());
};
