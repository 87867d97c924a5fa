import { isRobotId } from '@fleet/robot-protocol';
import { Command, Option } from 'commander';

import { exitCodes } from '../exit-codes.ts';
import { matchOption, numberOption, speedOption, urlOption } from '../option-values.ts';
import { replayRecording } from '../replay/replay-recording.ts';
import { formatSummary, isComplete, type Summary } from '../report/summary.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { robotIdOf, simulateFleet } from './simulate-fleet.ts';
import type { SimulateOptions } from './simulate-options.ts';

const isPrefix = (value: unknown): value is string => isRobotId(`${String(value)}000000`);
const robotId = 'a robot id: 1 to 64 letters, digits, _ or -, not beginning with _ or -';

const gatewayUrl = urlOption('ws', 'wss', 'http', 'https');
const replayAlone = ['robots', 'rate', 'duration', 'seed', 'prefix'] as const;
const onlyWithReplay = ['speed', 'keepTimestamps', 'robot'] as const;

/** `fleet simulate`: made-up robots, or a recording played as one. */
export const createSimulateCommand = (terminal: Terminal, exit: (code: number) => void): Command => {
  const { env } = terminal;
  const command = new Command('simulate')
    .description('let robots stream telemetry: made-up ones, or a recording played as one')
    .option('--gateway <url>', 'where the gateway is', gatewayUrl, 'ws://127.0.0.1:8080')
    .addOption(new Option('--token <token>', 'a token for the gateway').env('FLEET_TOKEN'))
    .option('--signing-key <file>', "sign each robot's token with this key, from 'fleet keys'")
    .option('--issuer <name>', 'of those tokens', 'fleet')
    .option('--audience <name>', 'of those tokens', 'fleet')
    .option('--robots <count>', 'how many', numberOption({ min: 1, max: 100_000, whole: true }), 25)
    .option('--rate <per second>', 'samples of each robot', numberOption({ min: 0.001, max: 1000 }), 5)
    .option(
      '--duration <seconds>',
      'how long; until Ctrl-C without',
      numberOption({ min: 0.1, max: 2_000_000 }),
    )
    .option(
      '--prefix <text>',
      'what their ids begin with',
      matchOption(isPrefix, 'the beginning of a robot id'),
      'robot_',
    )
    .option(
      '--seed <number>',
      'makes the same robots again',
      numberOption({ min: 0, max: 2 ** 32, whole: true }),
    )
    .option('--no-missions', 'write no missions')
    .option('--redis <url>', 'where missions are written (default: REDIS_URL, or redis://127.0.0.1:6379)')
    .option('--stream <name>', 'the mission stream', env['MISSION_STREAM'] ?? 'brain.events.missions')
    .option(
      '--patience <seconds>',
      'how long to wait at the end for confirmations',
      numberOption({ min: 0, max: 86_400 }),
      60,
    )
    .option('--json', 'print the summary as JSON', false)
    .option('--replay <file>', 'play a recording (.jsonl or .jsonl.gz) instead')
    .option('--speed <factor>', 'how many times faster than recorded, or max', speedOption, 1)
    .option('--keep-timestamps', 'keep the times of the recording', false)
    .option('--robot <id>', 'the id it is played under (default: ur3_001)', matchOption(isRobotId, robotId))
    .action(async (options: SimulateOptions) => {
      checkTogether(command, options);
      const { replay } = options;
      const summary = await (replay === undefined
        ? simulateFleet(options, terminal)
        : replayRecording(options, replay, terminal));
      terminal.stdout.write(options.json ? `${JSON.stringify(summary)}\n` : formatSummary(summary));
      exit(exitCodeOf(summary, options));
    });
  return command;
};

/** Ctrl-C is how a simulation without a duration ends; a recording or a set time it cuts short. */
const exitCodeOf = (summary: Summary, { replay, duration }: SimulateOptions): number => {
  if (!isComplete(summary)) return exitCodes.failed;
  const isCutShort = summary.wasInterrupted && (replay !== undefined || duration !== undefined);
  return isCutShort ? exitCodes.interrupted : exitCodes.done;
};

const checkTogether = (command: Command, options: SimulateOptions): void => {
  const unfit = (options.replay === undefined ? onlyWithReplay : replayAlone).filter(
    (name) => command.getOptionValueSource(name) === 'cli',
  );
  const [first] = unfit;
  if (first !== undefined) {
    const flag = `--${first.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw new UsageError(
      options.replay === undefined ? `${flag} needs --replay` : `${flag} does not go with --replay`,
    );
  }
  if (!isRobotId(robotIdOf(options.prefix, options.robots))) throw new UsageError('--prefix is too long');
};
