import { spawnSync } from 'node:child_process';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { installPackages } from './apt-get.ts';
import { findProgram } from './find-program.ts';

/** The clock on the wall of some processes, which a test sets while they run. What measures durations is left alone, as on a machine whose clock is set. */
export interface FakeClock extends AsyncDisposable {
  /** For the environment of the processes that are to have it. */
  readonly env: Readonly<Record<string, string>>;
  /** So far ahead of the real time is it from now on, or behind it; noticed within a second. */
  set(aheadSeconds: number): Promise<void>;
}

const remedy = `faketime is needed to set the clock of a process, and was not found. One of these helps:
  - apt-get install faketime        (Debian, Ubuntu)
  - dnf install libfaketime         (Fedora)`;

/** The library that the program puts under whatever it starts. */
const findLibrary = (): string => {
  if (!findProgram('faketime')) installPackages(['faketime'], remedy);
  const program = findProgram('faketime');
  if (program === undefined) throw new Error(remedy);
  // `-m`: for processes of several threads.
  const { stdout } = spawnSync(program, ['-m', '-f', '+0s', 'printenv', 'LD_PRELOAD'], { encoding: 'utf8' });
  const library = stdout.trim();
  if (library === '') throw new Error(`faketime did not say what to preload. ${remedy}`);
  return library;
};

/** A clock that shows the real time until it is set. */
export const startFakeClock = async (): Promise<FakeClock> => {
  const library = findLibrary();
  const directory = await mkdtemp(join(tmpdir(), 'fleet-clock-'));
  const file = join(directory, 'clock');
  const set = async (aheadSeconds: number) => {
    // Never half written when it is read.
    await writeFile(`${file}.next`, `${aheadSeconds < 0 ? '' : '+'}${aheadSeconds}s\n`);
    await rename(`${file}.next`, file);
  };
  await set(0);
  return {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    set,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
};
