import { eventually } from '@fleet/testing';

import type { WindowReport } from '../src/missions/mission-report.ts';
import type { TestWorker } from './worker-fixture.ts';

export const report = async (worker: Pick<TestWorker, 'get'>, window = '1h'): Promise<WindowReport> => {
  const { status, body } = await worker.get(`/missions/metrics?window=${window}`);
  if (status !== 200) throw new Error(`the report answered ${status}`);
  return body as WindowReport;
};

/** Waits until so many entries are counted or set aside, and no more. Gives the totals. */
export const counted = (worker: Pick<TestWorker, 'get'>, entries: number): Promise<WindowReport['totals']> =>
  eventually(
    async () => {
      const { totals } = await report(worker);
      const sum = totals.entries_processed + totals.entries_rejected;
      if (sum !== entries) throw new Error(`${sum} of ${entries} entries are counted`);
      return totals;
    },
    { describe: `the counting of ${entries} entries`, withinMs: 30_000 },
  );
