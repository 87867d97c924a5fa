import { readdir, readFile } from 'node:fs/promises';

import { eventually } from './eventually.ts';

const stateOf = async (thread: string): Promise<string | undefined> =>
  /^.*\) (\S)/s.exec(await readFile(`${thread}/stat`, 'latin1'))?.[1];

/**
 * Resolves when every thread of a process has stopped: a signal that was sent is not one that has arrived. Where there is no
 * `/proc` to look at, at once.
 */
export const untilPaused = async (pid: number): Promise<void> => {
  const tasks = `/proc/${pid}/task`;
  await eventually(
    async () => {
      const threads = await readdir(tasks).catch(() => []);
      const states = await Promise.all(threads.map((thread) => stateOf(`${tasks}/${thread}`)));
      return states.every((state) => state === 'T');
    },
    { describe: `process ${pid} has stopped` },
  );
};
