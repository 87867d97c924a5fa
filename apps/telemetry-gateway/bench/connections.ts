import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';

import type { ConnectRequest, ConnectResult } from './connect-load.ts';
import { startModule, type ModuleProgram } from './programs.ts';
import { startServers } from './start-servers.ts';
import { audience, issuer, makeTokens } from './tokens.ts';

interface Row {
  readonly name: string;
  readonly perSecond: number;
  /** Of the server, for opening one. */
  readonly cpuMicroseconds: number;
  /** Of the server, for one connection that is open and idle: what it holds when garbage is collected. */
  readonly liveBytes: number;
  /** The same of the machine's memory, with all the room that V8 took for opening it and keeps. */
  readonly residentBytes: number;
  /** Share of a core that all of them take. */
  readonly idleShare: number;
}

const here = import.meta.dirname;
const atOnce = 256;
const settleMs = 5000;

/** Connections opened by a process of its own, and held until they are closed here. */
const openConnections = async (
  port: number,
  session: string,
  count: number,
  tokens: readonly string[],
): Promise<ConnectResult & { close(): Promise<void> }> => {
  const request: ConnectRequest = { port, count, session, atOnce };
  const child = spawn(
    process.execPath,
    [...process.execArgv, join(here, 'connect-load.ts'), JSON.stringify(request)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  child.stdin.write(`${JSON.stringify(tokens.slice(0, count))}\n`);
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    once(child, 'exit').then(() => Promise.reject(new Error('the connections could not be opened'))),
  ])) as [string];
  return {
    ...(JSON.parse(line) as ConnectResult),
    async close() {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
};

const measure = async (
  name: string,
  program: ModuleProgram,
  count: number,
  idleSeconds: number,
  tokens: readonly string[],
): Promise<Row> => {
  // As many come and go first: code is compiled, pools are of their later size, and no garbage is left behind that the
  // connections measured would hide in. What is remembered of these sessions is not met again.
  const first = await openConnections(program.port, 'warm-up', count, tokens);
  await first.close();
  await wait(settleMs);
  const liveBefore = await program.liveBytes();
  const residentBefore = program.residentBytes();
  const cpuAtFirst = program.cpuSeconds();
  const connections = await openConnections(program.port, 'idle', count, tokens);
  await wait(settleMs);
  const cpuMicroseconds = ((program.cpuSeconds() - cpuAtFirst) * 1e6) / count;
  const cpuBefore = program.cpuSeconds();
  await wait(idleSeconds * 1000);
  const idleShare = (program.cpuSeconds() - cpuBefore) / idleSeconds;
  // In this order: collecting gives room back.
  const residentBytes = (program.residentBytes() - residentBefore) / count;
  const liveBytes = ((await program.liveBytes()) - liveBefore) / count;
  const perSecond = connections.opened / connections.seconds;
  const row = { name, perSecond, cpuMicroseconds, liveBytes, residentBytes, idleShare };
  await connections.close();
  print(row);
  return row;
};

const print = ({ name, perSecond, cpuMicroseconds, liveBytes, residentBytes, idleShare }: Row): void =>
  console.log(
    `${name.padEnd(34)}${Math.round(perSecond).toString().padStart(9)}/s` +
      `${Math.round(cpuMicroseconds).toString().padStart(9)} µs` +
      `${(liveBytes / 1024).toFixed(2).padStart(9)} KiB${(residentBytes / 1024).toFixed(1).padStart(9)} KiB` +
      `${(idleShare * 100).toFixed(1).padStart(9)} %`,
  );

const measureFloor = async (count: number, idleSeconds: number): Promise<Row> => {
  const program = await startModule(join(here, 'floor-server.ts'), ['idle'], /^listening (\d+)$/);
  try {
    return await measure('ws, idle, nothing asked', program, count, idleSeconds, []);
  } finally {
    await program.stop();
  }
};

const measureGateway = async (count: number, idleSeconds: number): Promise<Row> => {
  const directory = mkdtempSync(join(tmpdir(), 'fleet-bench-'));
  const jwksFile = join(directory, 'jwks.json');
  const tokens = makeTokens(
    jwksFile,
    Array.from({ length: count }, (_, index) => `idle_${index}`),
  );
  const servers = await startServers({
    AUTH_MODE: 'jwt',
    JWT_JWKS_FILE: jwksFile,
    JWT_ISSUER: issuer,
    JWT_AUDIENCE: audience,
    MAX_CONNECTIONS: String(count * 2),
  });
  try {
    return await measure('telemetry-gateway, with tokens', servers.gateway, count, idleSeconds, tokens);
  } finally {
    await servers.stop();
    rmSync(directory, { recursive: true, force: true });
  }
};

/** Many connections, at first coming and then idle with heartbeats, beside a bare `ws` server under the same. */
export const benchConnections = async (count: number, idleSeconds: number): Promise<void> => {
  console.log(
    `${count} connections, ${atOnce} handshakes at once, ${idleSeconds} s idle with heartbeats every 15 s`,
  );
  console.log(
    `${''.padEnd(34)}${'opened'.padStart(11)}${'CPU each'.padStart(12)}${'live each'.padStart(13)}${'resident'.padStart(13)}${'core, idle'.padStart(11)}`,
  );
  const floor = await measureFloor(count, idleSeconds);
  const gateway = await measureGateway(count, idleSeconds);
  console.log(
    `gateway : ws = ${(gateway.perSecond / floor.perSecond).toFixed(2)} in connections per second, ` +
      `${(gateway.cpuMicroseconds / floor.cpuMicroseconds).toFixed(2)} in CPU of one, ` +
      `${(gateway.liveBytes / floor.liveBytes).toFixed(2)} in live and ` +
      `${(gateway.residentBytes / floor.residentBytes).toFixed(2)} in resident memory of a connection`,
  );
};
