import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

import type { Batch } from '../missions/batch.ts';
import { sumOf } from '../missions/fold-windows.ts';
import { missionEventKinds } from '../missions/mission-event.ts';
import type { Lag } from '../missions/mission-report.ts';
import type { BatchEffect } from '../missions/reduce-batch.ts';

export interface MissionMetrics {
  readonly applied: (batch: Batch, effect: BatchEffect, missed: number) => void;
  readonly counted: (lag: Lag, coverage: number) => void;
}

const statuses = [...missionEventKinds, 'other'];

/**
 * What this replica has applied since it started; the sum over replicas is what was counted. A correction that takes
 * something back does not lower a counter: the exact numbers are in `GET /missions/metrics`.
 */
export const createMissionMetrics = (registry: Registry): MissionMetrics => {
  const registers = [registry];
  const missions = new Counter({
    name: 'fleet_missions_total',
    help: 'What happened to missions, by status',
    labelNames: ['status'],
    registers,
  });
  const durations = new Histogram({
    name: 'fleet_mission_duration_seconds',
    help: 'Time missions took from their start to their end',
    buckets: [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000],
    registers,
  });
  const entries = new Counter({
    name: 'fleet_mission_entries_total',
    help: 'Entries of the mission stream, by what became of them',
    labelNames: ['result'],
    registers,
  });
  const lagEntries = new Gauge({
    name: 'fleet_mission_lag_entries',
    help: 'Entries not yet counted when the last run of this replica ended',
    registers,
  });
  const lagSeconds = new Gauge({
    name: 'fleet_mission_lag_seconds',
    help: 'Age of the oldest of them',
    registers,
  });
  const coverage = new Gauge({
    name: 'fleet_mission_coverage_ratio',
    help: 'Share of the last hour of which every entry was counted when the last run of this replica ended, 0 to 1',
    registers,
  });
  for (const status of statuses) missions.inc({ status }, 0);
  for (const result of ['processed', 'rejected', 'missed']) entries.inc({ result }, 0);
  return {
    applied(batch, effect, missed) {
      for (const [status, change] of sumOf(effect.windows)) {
        if (change > 0 && statuses.includes(status)) missions.inc({ status }, change);
      }
      for (const durationMs of effect.durationsMs) durations.observe(durationMs / 1000);
      entries.inc({ result: 'processed' }, batch.entries - batch.rejected.length);
      entries.inc({ result: 'rejected' }, batch.rejected.length);
      entries.inc({ result: 'missed' }, missed);
    },
    counted({ lag_entries, lag_seconds }, share) {
      lagEntries.set(lag_entries);
      lagSeconds.set(lag_seconds);
      coverage.set(share);
    },
  };
};
