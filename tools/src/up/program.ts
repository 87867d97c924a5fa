import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';

import { startWarden } from '@fleet/testing';

export interface Ending {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How it ended, as the end of a sentence: `with 1`, `by SIGKILL`. */
export const wordsOf = ({ code, signal }: Ending): string =>
  signal === null ? `with ${String(code)}` : `by ${signal}`;

export interface ProgramOptions {
  readonly name: string;
  /** The path of a built module. */
  readonly entry: string;
  readonly args?: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Where its output goes; shown as it comes when left out. */
  readonly log?: { readonly file: string; readonly line: (line: string) => void };
}

export interface RunningProgram {
  readonly name: string;
  readonly ended: Promise<Ending>;
  hasEnded(): boolean;
  lastLines(): readonly string[];
  /** Asks it to end, asks again, and ends it. */
  stop(): Promise<void>;
}

const linesKept = 20;
const hurryAfterMs = 6_000;
const killAfterMs = 10_000;

const readLines = (child: ChildProcess, file: string, onLine: (line: string) => void): void => {
  const log = createWriteStream(file, { flags: 'a' });
  child.on('close', () => log.end());
  for (const output of [child.stdout, child.stderr]) {
    if (!output) continue;
    createInterface({ input: output }).on('line', (line) => {
      log.write(`${line}\n`);
      onLine(line);
    });
  }
};

/** Starts a built program of this workspace. It does not outlive this process. */
export const startProgram = ({ name, entry, args = [], env, log }: ProgramOptions): RunningProgram => {
  const child = spawn(process.execPath, [entry, ...args], {
    env,
    // In a group of its own: Ctrl-C is heard here, and everything is then stopped in order.
    detached: true,
    stdio: log ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
  });
  const warden = startWarden();
  warden.watch(child.pid);
  const last: string[] = [];
  if (log) {
    readLines(child, log.file, (line) => {
      last.push(line);
      if (last.length > linesKept) last.shift();
      log.line(line);
    });
  }

  let isOver = false;
  const ended = once(child, 'close').then((): Ending => {
    isOver = true;
    warden.dismiss();
    return { code: child.exitCode, signal: child.signalCode };
  });

  const stop = async () => {
    if (isOver) return;
    child.kill('SIGTERM');
    const hurry = setTimeout(() => child.kill('SIGTERM'), hurryAfterMs);
    const kill = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    await ended;
    clearTimeout(hurry);
    clearTimeout(kill);
  };

  return { name, ended, hasEnded: () => isOver, lastLines: () => last, stop };
};
