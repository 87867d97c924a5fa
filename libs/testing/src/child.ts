import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

import { startWarden } from './warden.ts';

export interface ChildOptions {
  /** The absolute path of a TypeScript or JavaScript module. */
  entry: string;
  args?: readonly string[];
  /** Beyond this process's own environment. */
  env?: Readonly<Record<string, string>>;
}

export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A Node process of its own, for what a test has to kill, pause or watch ending. Killed with SIGKILL at the latest when this process ends. */
export interface Child extends AsyncDisposable {
  readonly pid: number;
  /** What it has written, on both of its outputs. */
  readonly lines: readonly string[];
  /** The first line, of those written and those to come, that matches; rejects after `withinMs` (20,000) and when the child ends without one. */
  line(match: RegExp | ((line: string) => boolean), withinMs?: number): Promise<string>;
  readonly exited: Promise<ChildExit>;
  /** Does nothing to a child that has ended. */
  kill(signal?: NodeJS.Signals): void;
}

/** Test runners work in a project's directory, so the loader is found from there whatever the entry is. */
const typeScriptLoader = () =>
  pathToFileURL(createRequire(join(process.cwd(), 'package.json')).resolve('tsx')).href;

/** Starts a module of this workspace with Node; TypeScript is read as it is, libraries from their sources. */
export const startChild = (options: ChildOptions): Child => {
  const { entry, args = [], env = {} } = options;
  const process_ = spawn(
    process.execPath,
    ['--conditions=@fleet/source', '--import', typeScriptLoader(), entry, ...args],
    { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const { pid } = process_;
  if (pid === undefined) throw new Error(`cannot start ${process.execPath}`);
  const warden = startWarden();
  warden.watch(pid);

  const lines: string[] = [];
  const watchers = new Set<() => void>();
  const look = () => {
    for (const watcher of watchers) watcher();
  };
  for (const output of [process_.stdout, process_.stderr]) {
    createInterface({ input: output }).on('line', (line) => {
      lines.push(line);
      look();
    });
  }

  let ended = false;
  // `close` comes after `exit`, when the last line has been read.
  const exited = once(process_, 'close').then((): ChildExit => {
    ended = true;
    warden.dismiss();
    look();
    return { code: process_.exitCode, signal: process_.signalCode };
  });

  const kill = (signal: NodeJS.Signals = 'SIGTERM') => {
    if (!ended) process_.kill(signal);
  };

  return {
    pid,
    lines,
    exited,
    kill,
    line: (match, withinMs = 20_000) =>
      new Promise((resolve, reject) => {
        const matches = typeof match === 'function' ? match : (line: string) => match.test(line);
        let next = 0;
        const settle = (act: () => void) => {
          clearTimeout(timer);
          watchers.delete(watch);
          act();
        };
        const fail = (reason: string) => {
          const last = lines.slice(-20).join('\n');
          settle(() =>
            reject(new Error(`${reason}, looking for ${match.toString()}. Its last lines:\n${last}`)),
          );
        };
        const watch = () => {
          while (next < lines.length) {
            const line = lines[next++] as string;
            if (!matches(line)) continue;
            settle(() => resolve(line));
            return;
          }
          if (ended) fail('the child has ended');
        };
        const timer = setTimeout(() => fail(`no such line within ${withinMs} ms`), withinMs);
        watchers.add(watch);
        watch();
      }),
    async [Symbol.asyncDispose]() {
      kill('SIGKILL');
      await exited;
    },
  };
};
