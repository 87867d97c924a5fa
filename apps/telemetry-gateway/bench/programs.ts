import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';

/** A process that is measured, and stopped in the end. */
export interface Program {
  readonly port: number;
  /** Seconds of processor time so far. */
  cpuSeconds(): number;
  /** What it holds of the machine's memory now. */
  residentBytes(): number;
  stop(): Promise<void>;
}

/** A program that is a module of ours. */
export interface ModuleProgram extends Program {
  /** Collects its garbage, and tells how many bytes are left. */
  liveBytes(): Promise<number>;
}

const ticksPerSecond = 100;

const cpuSecondsOf = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
};

const residentBytesOf = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
};

const programOf = (child: ChildProcess, port: number, after: () => void = () => undefined): Program => ({
  port,
  cpuSeconds: () => (child.pid === undefined ? 0 : cpuSecondsOf(child.pid)),
  residentBytes: () => (child.pid === undefined ? 0 : residentBytesOf(child.pid)),
  async stop() {
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await Promise.race([once(child, 'exit'), wait(5000).then(() => child.kill('SIGKILL'))]);
    }
    after();
  },
});

/** A server from the PATH, in a directory of its own; rejects when it is not installed. */
export const startServer = async (
  command: string,
  argsOf: (place: { port: number; directory: string }) => readonly string[],
): Promise<Program> => {
  const directory = mkdtempSync(join(tmpdir(), 'fleet-bench-'));
  const port = await freePort();
  const child = spawn(command, argsOf({ port, directory }), { stdio: 'ignore' });
  const program = programOf(child, port, () => rmSync(directory, { recursive: true, force: true }));
  await once(child, 'spawn');
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      socket.destroy();
      return program;
    } catch {
      await wait(50);
    }
  }
  await program.stop();
  throw new Error(`${command} does not listen`);
};

/** A module of ours in a process of its own; `port` is read from the first line that matches. */
export const startModule = async (
  file: string,
  args: readonly string[],
  ready: RegExp,
  env: Readonly<Record<string, string>> = {},
): Promise<ModuleProgram> => {
  const answering = ['--expose-gc', '--import', join(import.meta.dirname, 'live-memory.ts')];
  const child = spawn(process.execPath, [...process.execArgv, ...answering, file, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  }) as ChildProcessByStdio<null, Readable, null>;
  for await (const line of createInterface({ input: child.stdout })) {
    const port = ready.exec(line)?.[1];
    if (port === undefined) continue;
    child.stdout.resume();
    return {
      ...programOf(child, Number(port)),
      async liveBytes() {
        child.send('live memory');
        const [bytes] = (await once(child, 'message')) as [number];
        return bytes;
      },
    };
  }
  throw new Error(`${file} ended before it listened`);
};

/** Runs a module to its end and reads its answer. */
export const runModule = async (file: string, argument: string): Promise<string> => {
  const child = spawn(process.execPath, [...process.execArgv, file, argument], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let answer = '';
  child.stdout.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  await once(child, 'close');
  return answer;
};
