import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import type { Summary } from '../report/summary.ts';
import type { Terminal } from '../terminal.ts';
import { LiveRobot } from './live-robot.ts';
import { createRandom } from './random.ts';
import { RobotModel } from './robot-model.ts';
import { runFleet } from './run-fleet.ts';
import type { SimulateOptions } from './simulate-options.ts';

/** Lets made-up robots live for a while, or until Ctrl-C. */
export const simulateFleet = (options: SimulateOptions, terminal: Terminal): Promise<Summary> => {
  const { robots, rate, duration } = options;
  const total = duration === undefined ? undefined : Math.round(robots * rate * duration);
  return runFleet(options, terminal, total, async (run) => {
    const seed = options.seed ?? randomInt(2 ** 31);
    const live = Array.from({ length: robots }, (_, index) => {
      const robotId = robotIdOf(options.prefix, index + 1);
      const random = createRandom(seed + index);
      let missions = 0;
      const model = new RobotModel(random, () => `${robotId}_${run.name}_${(missions += 1)}`);
      const client = run.connect(robotId);
      return new LiveRobot(
        { robotId, model, client, ratePerSecond: rate, mission: (event) => run.missions.tell(event) },
        random.between(0, 1000 / rate),
      );
    });
    await lastFor(duration, terminal.interrupted);
    for (const robot of live) robot.stop();
  });
};

export const robotIdOf = (prefix: string, number: number): string => prefix + String(number).padStart(3, '0');

const lastFor = (seconds: number | undefined, signal: AbortSignal): Promise<void> => {
  const longestMs = 2 ** 31 - 1;
  const milliseconds = seconds === undefined ? longestMs : Math.min(longestMs, seconds * 1000);
  return delay(milliseconds, undefined, { signal }).catch(() => undefined);
};
