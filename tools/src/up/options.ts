import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface Replay {
  /** An absolute path. */
  readonly file: string;
  /** A factor, or `max`. */
  readonly speed: string;
  readonly keepTimestamps: boolean;
}

export interface UpOptions {
  /** Simulated robots; none with `--no-fleet` and during a replay. */
  readonly robots: number;
  readonly replay: Replay | undefined;
  /** An absolute path; undefined when nothing is to be left behind. */
  readonly keepData: string | undefined;
  readonly help: boolean;
}

export const usage = `npm start -- [options]
  --robots N              simulate N robots (5)
  --replay FILE           play a recording as one robot, print the sums and end
    --speed max|N           N times as fast as recorded (1)
    --keep-timestamps       send the recording's own times
  --no-fleet              start the services alone
  --keep-data DIR         keep what NATS and Redis store in DIR, and start from what is there
NATS_URL and REDIS_URL name servers to use instead of starting some. FLEET_SERVERS=container|local decides how they run.`;

export class UsageError extends Error {}

const natural = (name: string, raw: string): number => {
  const value = Number(raw);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new UsageError(`${name} is ${raw}; expected a whole number above 0`);
  return value;
};

const speedOf = (raw: string): string => {
  if (raw !== 'max' && !(Number(raw) > 0))
    throw new UsageError(`--speed is ${raw}; expected max or a number above 0`);
  return raw;
};

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        robots: { type: 'string' },
        replay: { type: 'string' },
        speed: { type: 'string' },
        'keep-timestamps': { type: 'boolean', default: false },
        'no-fleet': { type: 'boolean', default: false },
        'keep-data': { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};

/** Reads the command line; throws a {@link UsageError} for what it cannot mean. Paths are relative to `workingDirectory`. */
export const parseOptions = (args: readonly string[], workingDirectory: string): UpOptions => {
  const values = parse(args);
  if (values['no-fleet'] && (values.robots !== undefined || values.replay !== undefined)) {
    throw new UsageError('--no-fleet goes with neither --robots nor --replay');
  }
  if (values.replay === undefined && (values.speed !== undefined || values['keep-timestamps'])) {
    throw new UsageError('--speed and --keep-timestamps go with --replay FILE');
  }
  if (values.replay !== undefined && values.robots !== undefined) {
    throw new UsageError('--replay plays one robot; --robots does not go with it');
  }
  const isAlone = values['no-fleet'] || values.replay !== undefined;
  return {
    robots: isAlone ? 0 : natural('--robots', values.robots ?? '5'),
    replay:
      values.replay === undefined
        ? undefined
        : {
            file: resolve(workingDirectory, values.replay),
            speed: speedOf(values.speed ?? '1'),
            keepTimestamps: values['keep-timestamps'],
          },
    keepData: values['keep-data'] === undefined ? undefined : resolve(workingDirectory, values['keep-data']),
    help: values.help,
  };
};
