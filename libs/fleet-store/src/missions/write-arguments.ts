import { keys } from '../keys.ts';
import type { MissionWrite, Pairs } from './mission-write.ts';

/** The newest so many rejected entries are kept. */
export const maxRejected = 1000;

/** A bucket tells at most so many pairs of outcome and robot apart; the rest is counted together. */
export const maxRobotFields = 512;

/** The arguments of the script that applies a write, in its order. */
export const writeArguments = (write: MissionWrite): (string | number)[] => {
  const args: (string | number)[] = [write.fence, write.from, write.to, maxRejected, maxRobotFields];
  pushPairs(args, write.headChanges);
  pushPairs(args, write.headValues);
  pushPairs(args, write.totals);
  const minutes = write.buckets.filter(({ size }) => size === 'minute').map(({ start }) => start);
  push(args, minutes);
  pushPairs(args, write.open);
  push(args, write.noLongerOpen);
  pushPairs(args, write.ended);
  push(args, write.rejected);
  push(args, write.gaps);
  for (const { size, start, expiresAt, counts, robots } of write.buckets) {
    args.push(keys.missionBucket(size, start), expiresAt);
    pushPairs(args, counts);
    args.push(keys.missionBucketRobots(size, start));
    pushPairs(args, robots);
  }
  return args;
};

const push = (args: (string | number)[], values: readonly (string | number)[]): void => {
  args.push(values.length);
  for (const value of values) args.push(value);
};

const pushPairs = (args: (string | number)[], pairs: Pairs): void => {
  const lengthAt = args.push(0) - 1;
  for (const [name, value] of pairs) args.push(name, value);
  args[lengthAt] = args.length - lengthAt - 1;
};
