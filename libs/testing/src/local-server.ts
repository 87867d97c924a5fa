import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { eventually } from './eventually.ts';
import { findProgram } from './find-program.ts';
import type { Placement, Program, Server } from './server.ts';
import { untilPaused } from './until-paused.ts';
import { startWarden } from './warden.ts';

const hasEnded = ({ pid, exitCode, signalCode }: ChildProcess) =>
  pid === undefined || exitCode !== null || signalCode !== null;

const stopWithinMs = 5_000;

/** Runs a server as a process of this machine. */
export const startLocalServer = async (program: Program, placement: Placement): Promise<Server> => {
  const executable = findProgram(program.name);
  if (!executable) throw new Error(`${program.name} is not on the PATH`);

  const directory = await mkdtemp(join(tmpdir(), `fleet-${program.name}-`));
  const dataDir = placement.storeDir ?? join(directory, 'data');
  const warden = startWarden({ directory });
  const { port } = placement;
  const logFile = join(directory, 'log');
  await mkdir(dataDir, { recursive: true });
  const { args, files, env } = program.layout({ address: '127.0.0.1', port, dataDir, configDir: directory });
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);

  let running: ChildProcess | undefined;

  const end = async (signal: NodeJS.Signals) => {
    const ending = running;
    running = undefined;
    if (!ending) return;
    if (!hasEnded(ending)) {
      const exited = once(ending, 'exit');
      ending.kill(signal);
      // A paused process hears of nothing but SIGKILL until it is resumed.
      ending.kill('SIGCONT');
      const hardly = setTimeout(() => ending.kill('SIGKILL'), stopWithinMs);
      await exited;
      clearTimeout(hardly);
    }
    warden.watch(undefined);
  };

  const start = async () => {
    if (running && !hasEnded(running)) throw new Error(`${program.name} is already running`);
    const log = await open(logFile, 'a');
    const starting = spawn(executable, args, {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      env: { ...process.env, ...env },
    });
    starting.on('error', () => undefined);
    starting.unref();
    warden.watch(starting.pid);
    running = starting;
    await log.close();
    try {
      await eventually(
        async () => {
          if (hasEnded(starting)) return 'ended';
          await program.answers(port);
          return 'up';
        },
        { describe: `an answer of ${program.name} on port ${port}` },
      );
      if (hasEnded(starting)) throw new Error(`${program.name} ended at start`);
    } catch (error) {
      await end('SIGKILL');
      const lines = (await readFile(logFile, 'utf8')).trimEnd().split('\n').slice(-10).join('\n');
      throw new Error(`${program.name} did not start on port ${port}. Its last lines:\n${lines}`, {
        cause: error,
      });
    }
  };

  const stop = async () => {
    await end('SIGTERM');
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    warden.dismiss();
  };

  const signal = (name: NodeJS.Signals) => {
    if (!running?.kill(name)) throw new Error(`${program.name} is not running`);
    return Promise.resolve();
  };

  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: `${program.scheme}://127.0.0.1:${port}`,
    port,
    start,
    stop,
    kill: () => end('SIGKILL'),
    async pause() {
      await signal('SIGSTOP');
      if (running?.pid !== undefined) await untilPaused(running.pid);
    },
    resume: () => signal('SIGCONT'),
    [Symbol.asyncDispose]: stop,
  };
};
