import type { JobStore } from '@fleet/fleet-store';
import { ProblemError } from '@fleet/service-runtime';
import type { Application, RequestHandler } from 'express';

import type { Job } from '../jobs/job.ts';
import { nextCronTime } from '../jobs/next-due.ts';
import type { Scheduler } from '../jobs/scheduler.ts';
import { orUnavailable } from './unavailable.ts';

export interface JobsRoutesParts {
  readonly scheduler: Scheduler;
  readonly store: JobStore;
  readonly isStoreAway: () => boolean;
  readonly canRead: RequestHandler;
  readonly canRun: RequestHandler;
  readonly now: () => number;
}

const shownRuns = 10;
const keptRuns = 100;

export const addJobsRoutes = (app: Application, parts: JobsRoutesParts): void => {
  const { scheduler, store, isStoreAway, canRead, canRun, now } = parts;

  const describe = async (job: Job) => {
    const [{ running, ended }, next] = await Promise.all([
      store.runs(job.id, shownRuns),
      nextRunAtMs(job, store, now),
    ]);
    return {
      job_id: job.id,
      schedule: job.schedule,
      next_run_at: next === null ? null : next / 1000,
      running: running === null ? null : (JSON.parse(running) as unknown),
      last_runs: ended.map((run) => JSON.parse(run) as unknown),
    };
  };

  const jobOf = (id: unknown): Job => {
    const job = scheduler.jobs.find((each) => each.id === id);
    if (job === undefined) throw new ProblemError(404, 'there is no such job');
    return job;
  };

  app.get('/jobs', canRead, async (_request, response) => {
    const jobs = await orUnavailable(isStoreAway, () => Promise.all(scheduler.jobs.map(describe)));
    response.json({ jobs });
  });

  app.get('/jobs/:id/runs', canRead, async (request, response) => {
    const { id } = jobOf(request.params['id']);
    const { running, ended } = await orUnavailable(isStoreAway, () => store.runs(id, keptRuns));
    response.json({
      job_id: id,
      running: running === null ? null : (JSON.parse(running) as unknown),
      runs: ended.map((run) => JSON.parse(run) as unknown),
    });
  });

  app.post('/jobs/:id/run', canRun, async (request, response) => {
    const { id } = jobOf(request.params['id']);
    await orUnavailable(isStoreAway, () => scheduler.ask(id));
    response.status(202).json({ job_id: id, requested: true });
  });
};

const nextRunAtMs = async (job: Job, store: JobStore, now: () => number): Promise<number | null> => {
  const { schedule } = job;
  if ('everySeconds' in schedule) return now() + (await store.dueInMs(job.id));
  return nextCronTime(schedule.cron, schedule.timezone, (await store.settledUntil(job.id)) ?? now());
};
