import type { EventPayload } from '@fleet/event-envelope';
import type { EventStream } from '@fleet/event-stream';
import type { ClosedMinute, MissionStore, MissionWindows } from '@fleet/fleet-store';

import { LostLeaseError } from '../jobs/lost-lease-error.ts';
import { coverageOf } from './coverage.ts';
import { knownOf } from './mission-report.ts';
import { summarize } from './summary.ts';
import { uuidOf } from './uuid-of.ts';

export interface WindowClosingParts {
  readonly store: MissionStore;
  readonly windows: MissionWindows;
  readonly eventStream: Pick<EventStream, 'enabled' | 'emit' | 'publish'>;
  readonly jobId: string;
  readonly log: { debug(fields: object, message: string): void };
  readonly now: () => number;
}

export interface WindowCloser {
  /** Closes the minutes that are over and publishes each; does not wait for the event stream. */
  close(context: { fence: number; signal: AbortSignal }): Promise<number>;
}

/** Entries may come so much later than what they tell of without making a correction. */
export const allowedLatenessSeconds = 10;

const maxPerRun = 500;

/**
 * Closes a minute when everything up to its end and the allowed lateness is counted, and again, with the next revision,
 * whenever late entries have corrected it. A closed minute is kept in Redis until its event is stored, and the event's
 * id follows from minute and revision, so it is published whatever dies in between, and once.
 */
export const createWindowCloser = (parts: WindowClosingParts): WindowCloser => {
  const { store, windows, eventStream, jobId, log, now } = parts;
  const underWay = new Set<string>();

  const publish = async (
    closed: ClosedMinute,
    payload: EventPayload<'metrics.window_closed'>,
  ): Promise<void> => {
    // The counters tell a window from one of the same minute and revision in a database that was emptied meanwhile.
    const id = uuidOf(JSON.stringify([jobId, closed.start, closed.revision, [...closed.counts].sort()]));
    if (underWay.has(id)) return;
    underWay.add(id);
    try {
      if (eventStream.enabled) await eventStream.publish('metrics.window_closed', payload, { id });
      else eventStream.emit('metrics.window_closed', payload, { id });
      await windows.published(closed);
    } catch (error) {
      log.debug({ window: closed.start, err: error }, 'closed window waits for the next run to be published');
    } finally {
      underWay.delete(id);
    }
  };

  return {
    async close({ fence, signal }) {
      const head = await store.head();
      const lastStart = Math.floor((head.asOfMs ?? 0) / 1000) - 60 - allowedLatenessSeconds;
      const changed = await windows.changed(lastStart, maxPerRun);
      signal.throwIfAborted();
      if (changed.length > 0 && !(await windows.close(fence, changed))) throw new LostLeaseError();
      const unpublished = await windows.unpublished();
      if (unpublished.length === 0) return 0;
      const known = knownOf(head, await windows.gaps());
      for (const closed of unpublished.sort((a, b) => a.start - b.start || a.revision - b.revision)) {
        const { counts, success_rate, duration_ms } = summarize(closed.counts);
        const { created, started, completed, failed, cancelled, lost_connection, abandoned } = counts;
        void publish(closed, {
          job_id: jobId,
          window_start: closed.start,
          window_end: closed.start + 60,
          created,
          started,
          completed,
          failed,
          cancelled,
          lost_connection,
          abandoned,
          success_rate,
          duration_ms_p50: duration_ms.p50,
          duration_ms_p95: duration_ms.p95,
          duration_ms_p99: duration_ms.p99,
          coverage: coverageOf(closed.start * 1000, (closed.start + 60) * 1000, known),
          revision: closed.revision,
          closed_at: now() / 1000,
        });
      }
      return changed.length;
    },
  };
};
