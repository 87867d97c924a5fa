import { connectRobot, type RobotClient } from '@fleet/robot-client';
import { eventually } from '@fleet/testing';

/** A robot that sends numbers, and what it lived through. */
export interface Robot {
  readonly robotId: string;
  readonly client: RobotClient;
  sent: number;
  /** The numbers that were confirmed. */
  readonly acked: Set<number>;
  readonly lost: Error[];
  /** The reasons that a gateway gave before it closed. */
  readonly closings: string[];
  /** How long it was without a connection, each time, in milliseconds. */
  readonly gapsMs: number[];
}

export type Robots = readonly Robot[] & AsyncDisposable & { stopSending(): void };

const connect = (url: string, robotId: string): Robot => {
  const client = connectRobot({
    url,
    robotId,
    reconnect: { minMs: 100, maxMs: 1000 },
    dialTimeoutMs: 3000,
  });
  const robot: Robot = { robotId, client, sent: 0, acked: new Set(), lost: [], closings: [], gapsMs: [] };
  let awaySince: number | undefined;
  client.on('closing', ({ reason }) => robot.closings.push(reason));
  client.on('disconnected', ({ wasConnected }) => {
    if (wasConnected) awaySince = performance.now();
  });
  client.on('connected', () => {
    if (awaySince !== undefined) robot.gapsMs.push(performance.now() - awaySince);
    awaySince = undefined;
  });
  return robot;
};

const send = (robot: Robot): void => {
  const value = ++robot.sent;
  robot.client.send({ metrics: { value } }).then(
    () => robot.acked.add(value),
    (error: unknown) => robot.lost.push(error as Error),
  );
};

/** Connects robots that send five numbers a second each until told to stop, for `await using`. */
export const sendingRobots = (url: string, prefix: string, count: number): Robots => {
  const robots = Array.from({ length: count }, (_, index) => connect(url, `${prefix}_${index}`));
  const timer = setInterval(() => {
    for (const robot of robots) send(robot);
  }, 200);
  const stopSending = () => clearInterval(timer);
  const close = async () => {
    stopSending();
    await Promise.all(robots.map(({ client }) => client.close({ deadlineMs: 1000 })));
  };
  return Object.assign(robots, { stopSending, [Symbol.asyncDispose]: close });
};

/** Resolves when each robot has so many more confirmations than now. */
export const furtherAcks = (robots: readonly Robot[], more: number): Promise<boolean> => {
  const wanted = robots.map(({ acked }) => acked.size + more);
  return eventually(() => robots.every(({ acked }, index) => acked.size >= (wanted[index] ?? 0)), {
    withinMs: 60_000,
    describe: `${more} more confirmations for each robot`,
  });
};

/** Resolves when whatever was sent is confirmed. */
export const allAcked = (robots: readonly Robot[]): Promise<boolean> =>
  eventually(() => robots.every(({ acked, sent, lost }) => acked.size + lost.length === sent), {
    withinMs: 60_000,
    describe: 'confirmation of everything sent',
  });
