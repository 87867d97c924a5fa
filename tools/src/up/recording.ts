import { accessSync, constants, statSync } from 'node:fs';

import { UsageError } from './options.ts';

/** Throws a {@link UsageError} for a recording that cannot be read: better now than when everything has started. */
export const checkRecording = (file: string): void => {
  try {
    accessSync(file, constants.R_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`--replay ${file} ${code === 'ENOENT' ? 'does not exist' : 'cannot be read'}`);
  }
  if (statSync(file).isDirectory()) throw new UsageError(`--replay ${file} is a directory`);
};
