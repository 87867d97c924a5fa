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

/** A robot that will be there; none without a fleet. */
export const robotOf = ({ robots, replay }: UpOptions): string | undefined => {
  if (replay !== undefined) return 'ur3_001';
  return robots > 0 ? 'robot_001' : undefined;
};

/** The summary with which a simulation ends, among its last lines; empty when it had no time for one. */
export const summaryOf = (lines: readonly string[]): readonly string[] => {
  const first = lines.findLastIndex((line) => line.startsWith('samples '));
  return first < 0 ? [] : lines.slice(first).filter((line) => /^(samples|missions|events|time) /.test(line));
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
