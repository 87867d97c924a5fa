import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

import type { JobObserver } from '../jobs/job-observer.ts';
import { runOutcomes } from '../jobs/run-record.ts';

/** Counts runs and leases. The label `job` is one of the declared ids. `elapsed` is that of the jobs' clock. */
export const createJobMetrics = (
  registry: Registry,
  jobIds: readonly string[],
  elapsed: () => number,
): JobObserver => {
  const registers = [registry];
  const runs = new Counter({
    name: 'fleet_job_runs_total',
    help: 'Runs of jobs that ended on this replica, by outcome',
    labelNames: ['job', 'outcome'],
    registers,
  });
  const duration = new Histogram({
    name: 'fleet_job_run_duration_seconds',
    help: 'Time a run took',
    labelNames: ['job'],
    buckets: [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300],
    registers,
  });
  const heldUntil = new Map<string, number>();
  new Gauge({
    name: 'fleet_job_lease_held',
    help: '1 while this replica has the lease of the job; a lease that could not be renewed in time is not held',
    labelNames: ['job'],
    registers,
    collect() {
      for (const job of jobIds) this.set({ job }, (heldUntil.get(job) ?? -Infinity) > elapsed() ? 1 : 0);
    },
  });
  const takeovers = new Counter({
    name: 'fleet_job_lease_takeovers_total',
    help: 'Times this replica took a job over from another',
    labelNames: ['job'],
    registers,
  });
  for (const job of jobIds) {
    for (const outcome of runOutcomes) runs.inc({ job, outcome }, 0);
    takeovers.inc({ job }, 0);
  }
  return {
    leased: (job, untilMs) => void heldUntil.set(job, untilMs),
    leaseEnded: (job) => void heldUntil.delete(job),
    takenOver: (job) => takeovers.inc({ job }),
    ran(job, outcome, seconds) {
      runs.inc({ job, outcome });
      duration.observe({ job }, seconds);
    },
  };
};
