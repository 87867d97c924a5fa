import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { LoadRequest, LoadResult } from './load.ts';
import { benchConnections } from './connections.ts';
import { keepForSubscriber } from './mqtt-subscriber.ts';
import { freePort, runModule, startModule, startServer, type Program } from './programs.ts';
import { startServers } from './start-servers.ts';

/**
 * The gateway beside its floors, one after the other on this machine, under the same load from a process of its own:
 * a bare `ws` loop, the same with `JSON.parse`, the MQTT door of nats-server with QoS 1, and Mosquitto. The gateway
 * validates, stores in JetStream, keeps latest value and history in Redis and confirms to the robot. A broker confirms
 * what nobody subscribes to without keeping it; so each is also measured keeping all for a subscriber that is away.
 * Beside each stands what the other processes took for a message: together they cannot take more than the machine has.
 * At half load stands what its own process takes there: for few messages in each read it takes more.
 *
 * Arguments: seconds of each run (8), robots (50). Or `connections`, how many (10,000), seconds idle (30).
 */
const here = import.meta.dirname;
const seconds = Number(process.argv[2] ?? 8);
const robots = Number(process.argv[3] ?? 50);
const window = 256;

interface Row {
  readonly name: string;
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
  /** Of other processes for the same message, the load among them. */
  readonly besideMicroseconds: Readonly<Record<string, number>>;
  /** Of its own process at half load. */
  readonly cpuAtHalfMicroseconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const load = async (request: Omit<LoadRequest, 'robots' | 'window'>): Promise<LoadResult> =>
  JSON.parse(
    await runModule(join(here, 'load.ts'), JSON.stringify({ ...request, robots, window })),
  ) as LoadResult;

const measure = async (
  name: string,
  protocol: LoadRequest['protocol'],
  program: Program,
  { port = program.port, beside = {} }: { port?: number; beside?: Readonly<Record<string, Program>> } = {},
): Promise<Row> => {
  await load({ protocol, port, seconds: 2, perSecond: 0 });
  const programs = { ...beside, '': program };
  const before = new Map(Object.entries(programs).map(([of, each]) => [of, each.cpuSeconds()]));
  const full = await load({ protocol, port, seconds, perSecond: 0 });
  const each = (cpuSeconds: number): number => (cpuSeconds * 1e6) / full.confirmed;
  const taken = (of: string, other: Program): number => each(other.cpuSeconds() - (before.get(of) ?? 0));
  const cpuMicroseconds = taken('', program);
  const besideMicroseconds = {
    ...Object.fromEntries(Object.entries(beside).map(([of, other]) => [of, taken(of, other)])),
    load: each(full.cpuSeconds),
  };
  const perSecond = full.confirmed / full.seconds;
  const cpuBeforeHalf = program.cpuSeconds();
  const half = await load({ protocol, port, seconds, perSecond: Math.round(perSecond / 2) });
  const cpuAtHalfMicroseconds = ((program.cpuSeconds() - cpuBeforeHalf) * 1e6) / half.confirmed;
  const { p50Ms, p99Ms } = half;
  const row = { name, perSecond, cpuMicroseconds, besideMicroseconds, cpuAtHalfMicroseconds, p50Ms, p99Ms };
  print(row);
  return row;
};

const print = ({
  name,
  perSecond,
  cpuMicroseconds,
  besideMicroseconds,
  cpuAtHalfMicroseconds,
  p50Ms,
  p99Ms,
}: Row): void =>
  console.log(
    `${name.padEnd(36)}${Math.round(perSecond).toString().padStart(9)}/s` +
      `${cpuMicroseconds.toFixed(1).padStart(9)} µs${cpuAtHalfMicroseconds.toFixed(1).padStart(9)} µs${p50Ms.toFixed(1).padStart(9)} ms${p99Ms.toFixed(1).padStart(9)} ms` +
      `  ${Object.entries(besideMicroseconds)
        .map(([of, microseconds]) => `${of} ${microseconds.toFixed(1)}`)
        .join(', ')}`,
  );

const measureFloor = async (name: string, kind: string): Promise<Row> => {
  const program = await startModule(join(here, 'floor-server.ts'), [kind], /^listening (\d+)$/);
  try {
    return await measure(name, 'websocket', program);
  } finally {
    await program.stop();
  }
};

const measureNatsMqtt = async (isKept: boolean): Promise<Row> => {
  const mqttPort = await freePort();
  const program = await startServer('nats-server', ({ port, directory }) => {
    const config = join(directory, 'nats.conf');
    writeFileSync(
      config,
      `listen: "127.0.0.1:${port}"\nserver_name: bench\njetstream { store_dir: "${directory}" }\nmqtt { listen: "127.0.0.1:${mqttPort}" }\n`,
    );
    return ['-c', config];
  });
  try {
    if (isKept) await keepForSubscriber(mqttPort, 'bench/#');
    return await measure(`nats-server, MQTT QoS 1, ${isKept ? 'stored' : 'not kept'}`, 'mqtt', program, {
      port: mqttPort,
    });
  } finally {
    await program.stop();
  }
};

const measureMosquitto = async (isKept: boolean): Promise<Row | undefined> => {
  const program = await startServer('mosquitto', ({ port, directory }) => {
    const config = join(directory, 'mosquitto.conf');
    writeFileSync(
      config,
      `listener ${port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 0\n`,
    );
    return ['-c', config];
  }).catch(() => undefined);
  if (program === undefined) return undefined;
  try {
    if (isKept) await keepForSubscriber(program.port, 'bench/#');
    return await measure(`Mosquitto, QoS 1, ${isKept ? 'in memory' : 'not kept'}`, 'mqtt', program);
  } finally {
    await program.stop();
  }
};

const measureGateway = async (): Promise<Row> => {
  const servers = await startServers();
  try {
    return await measure('telemetry-gateway', 'websocket', servers.gateway, servers);
  } finally {
    await servers.stop();
  }
};

const benchSamples = async (): Promise<void> => {
  console.log(`${robots} robots, ${seconds} s each, at most ${window} unconfirmed messages of a robot`);
  console.log(
    `${''.padEnd(36)}${'confirmed'.padStart(11)}${'CPU each'.padStart(12)}${'at half'.padStart(12)}${'p50'.padStart(12)}${'p99 at half'.padStart(12)}  µs beside`,
  );
  const bare = await measureFloor('ws, received', 'receive');
  const parsed = await measureFloor('ws, received and parsed', 'parse');
  const brokers: (Row | undefined)[] = [];
  for (const isKept of [false, true]) {
    brokers.push(await measureNatsMqtt(isKept), await measureMosquitto(isKept));
  }
  if (brokers.includes(undefined)) console.log('mosquitto is not installed: left out');
  const gateway = await measureGateway();
  for (const floor of [bare, parsed, ...brokers]) {
    if (floor === undefined) continue;
    console.log(
      `gateway : ${floor.name} = ${(gateway.perSecond / floor.perSecond).toFixed(2)} in rate, ` +
        `${(gateway.cpuMicroseconds / floor.cpuMicroseconds).toFixed(2)} in CPU of a message`,
    );
  }
};

if (process.argv[2] === 'connections')
  await benchConnections(Number(process.argv[3] ?? 10_000), Number(process.argv[4] ?? 30));
else await benchSamples();
