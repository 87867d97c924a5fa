import type { BackingServers } from './backing-servers.ts';
import { entryOf } from './build.ts';
import type { UpOptions } from './options.ts';
import { startProgram, type RunningProgram } from './program.ts';

interface Parts {
  readonly options: UpOptions;
  readonly gatewayPort: number;
  readonly servers: BackingServers;
  readonly logFile: string;
  readonly onLine: (line: string) => void;
}

const argsOf = ({ robots, replay }: UpOptions): string[] => {
  if (replay === undefined) return ['--robots', String(robots), '--rate', '5'];
  const args = ['--replay', replay.file, '--speed', replay.speed];
  return replay.keepTimestamps ? [...args, '--keep-timestamps'] : args;
};

/** Starts the simulated robots, or the one of the recording, whose progress is shown as it comes. */
export const startFleet = ({ options, gatewayPort, servers, logFile, onLine }: Parts): RunningProgram =>
  startProgram({
    name: 'fleet simulate',
    entry: entryOf('fleet-cli'),
    args: ['simulate', ...['--gateway', `ws://127.0.0.1:${gatewayPort}`], ...argsOf(options)],
    env: { ...process.env, REDIS_URL: servers.redisUrl, NATS_URL: servers.natsUrl },
    ...(options.replay === undefined && { log: { file: logFile, line: onLine } }),
  });
