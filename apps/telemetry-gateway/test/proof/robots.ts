import { connectRobot, type RobotClient, type RobotOptions } from '@fleet/robot-client';
import { eventually } from '@fleet/testing';

/** A real client with a count of what it gave and what was confirmed. */
export interface ProofRobot {
  readonly robotId: string;
  readonly client: RobotClient;
  sent: number;
  acked: number;
  /** Samples that came to anything but a confirmation. */
  readonly lost: Error[];
}

/** Robots for `await using`: they do not outlive a proof that fails. */
export type ProofFleet = readonly ProofRobot[] & AsyncDisposable;

export const asFleet = (robots: readonly ProofRobot[]): ProofFleet =>
  Object.assign([...robots], {
    async [Symbol.asyncDispose]() {
      await closeAll(robots, 1);
    },
  });

export const connectProofRobots = (
  url: string,
  prefix: string,
  count: number,
  options: Partial<RobotOptions> = {},
): ProofFleet =>
  asFleet(
    Array.from({ length: count }, (_, index) => {
      const robotId = `${prefix}_${index}`;
      const reconnect = { minMs: 50, maxMs: 1000 };
      const client = connectRobot({ url, robotId, reconnect, dialTimeoutMs: 4000, ...options });
      return { robotId, client, sent: 0, acked: 0, lost: [] };
    }),
  );

/** The robot's nth sample holds n, so that a stored sample tells which it was, whatever number it was given. */
export const sendOne = (robot: ProofRobot): void => {
  robot.sent += 1;
  robot.client.send({ metrics: { value: robot.sent } }).then(
    () => (robot.acked += 1),
    (error: unknown) => robot.lost.push(error as Error),
  );
};

/** Sends from every robot at a rate, the robots spread over the interval, until told to stop. */
export const keepSending = (robots: readonly ProofRobot[], perSecond: number): (() => void) => {
  const everyMs = 1000 / perSecond;
  const timers = robots.map((robot, index) => {
    let timer: NodeJS.Timeout = setTimeout(
      () => {
        sendOne(robot);
        timer = setInterval(() => sendOne(robot), everyMs);
      },
      (index / robots.length) * everyMs,
    );
    return () => clearInterval(timer);
  });
  return () => {
    for (const stop of timers) stop();
  };
};

export const totalAcked = (robots: readonly ProofRobot[]): number =>
  robots.reduce((sum, { acked }) => sum + acked, 0);

/** Resolves when every sample given so far is confirmed. */
export const allConfirmed = (robots: readonly ProofRobot[], withinMs = 60_000): Promise<boolean> =>
  eventually(
    () => {
      const waiting = robots.filter(({ sent, acked, lost }) => acked + lost.length < sent);
      const [first] = waiting;
      if (first === undefined) return true;
      const { robotId, sent, acked } = first;
      const status = JSON.stringify(first.client.status());
      throw new Error(`${waiting.length} robots wait; ${robotId}: ${acked} of ${sent}, ${status}`);
    },
    { withinMs, describe: 'everything sent is confirmed' },
  );

export const connectedAll = (robots: readonly ProofRobot[], withinMs = 60_000): Promise<boolean> =>
  eventually(
    () => {
      const away = robots.filter(({ client }) => client.status().state !== 'connected');
      if (away.length === 0) return true;
      throw new Error(`${away.length} robots are ${away[0]?.client.status().state}`);
    },
    { withinMs, describe: 'all robots are connected' },
  );

export const closeAll = (robots: readonly ProofRobot[], deadlineMs = 5000): Promise<unknown> =>
  Promise.all(robots.map(({ client }) => client.close({ deadlineMs })));
