import type { EventStream } from '@fleet/event-stream';
import type { MissionWindows, OverdueMissions } from '@fleet/fleet-store';

import type { Job } from '../jobs/job.ts';
import { abandonMissions } from './abandon-missions.ts';
import { aggregateMissions } from './aggregate.ts';
import type { AggregationParts } from './aggregation-run.ts';
import type { WindowCloser } from './close-windows.ts';
import { coverageOf } from './coverage.ts';
import { knownOf, lagOf, type Lag } from './mission-report.ts';

export const missionJobId = 'aggregate_mission_metrics';

const hourMs = 3_600_000;

export interface MissionJobParts {
  readonly aggregation: AggregationParts;
  readonly overdue: OverdueMissions;
  /** A mission of which nothing was heard for so long is given up. */
  readonly openMaxAgeSeconds: number;
  readonly closer: WindowCloser;
  readonly windows: Pick<MissionWindows, 'gaps'>;
  readonly eventStream: Pick<EventStream, 'emit'>;
  readonly everySeconds: number;
  readonly timeoutMs: number;
  /** A run is over: how far the numbers are behind, and the share of the last hour that they cover. */
  readonly onCounted: (lag: Lag, coverage: number) => void;
}

/**
 * The aggregation of missions as a job. Every run says `metrics.aggregation_started`, then either `…_completed` with what
 * it did, or `…_failed` with why; and then it has failed in the scheduler too.
 */
export const missionJob = (parts: MissionJobParts): Job => ({
  id: missionJobId,
  schedule: { everySeconds: parts.everySeconds },
  timeoutMs: parts.timeoutMs,
  async run({ signal, fence }) {
    const { aggregation, overdue, closer, windows, eventStream, onCounted } = parts;
    const maxAgeMs = parts.openMaxAgeSeconds * 1000;
    const { now, store } = aggregation;
    const begunAt = performance.now();
    eventStream.emit('metrics.aggregation_started', { job_id: missionJobId, started_at: now() / 1000 });
    try {
      const { processed, rejected, missed } = await aggregateMissions(aggregation, { signal, fence });
      const abandoned = await abandonMissions(aggregation, overdue, { signal, fence, maxAgeMs });
      const closed = await closer.close({ signal, fence });
      const head = await store.head();
      const endMs = now();
      const lag = await lagOf(aggregation, head, endMs);
      onCounted(lag, coverageOf(endMs - hourMs, endMs, knownOf(head, await windows.gaps())));
      const entries = { entries_processed: processed, entries_rejected: rejected, entries_missed: missed };
      eventStream.emit('metrics.aggregation_completed', {
        job_id: missionJobId,
        ...entries,
        ...lag,
        duration_ms: performance.now() - begunAt,
        completed_at: now() / 1000,
      });
      return { ...entries, ...lag, missions_abandoned: abandoned, windows_closed: closed };
    } catch (error) {
      eventStream.emit('metrics.aggregation_failed', {
        job_id: missionJobId,
        error_message: error instanceof Error ? error.message : String(error),
        error_type: error instanceof Error ? error.name : typeof error,
        failed_at: now() / 1000,
      });
      throw error;
    }
  },
});
