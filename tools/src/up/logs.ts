import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Lifecycle } from '@fleet/service-runtime';

/** Where the programs write their logs. */
export interface Logs {
  readonly directory: string;
  /** Leaves them behind, for a person to read; resolves whether there are any. */
  keep(): Promise<boolean>;
}

/** Beside the kept data, or in a directory of their own that ends with the lifecycle. */
export const openLogs = async (lifecycle: Lifecycle, keepData: string | undefined): Promise<Logs> => {
  const directory =
    keepData === undefined ? await mkdtemp(join(tmpdir(), 'fleet-logs-')) : join(keepData, 'logs');
  await mkdir(directory, { recursive: true });
  let isKept = keepData !== undefined;
  lifecycle.defer('logs', async () => {
    if (!isKept) await rm(directory, { recursive: true, force: true });
  });
  return {
    directory,
    keep: async () => {
      const hasLogs = (await readdir(directory)).length > 0;
      isKept ||= hasLogs;
      return hasLogs;
    },
  };
};
