import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';

import { closeCodes } from '@fleet/robot-protocol';

import type { AckSchedule } from '../telemetry/ack-schedule.ts';
import type { Connections } from './connections.ts';
import type { RobotConnection } from './robot-connection.ts';

export interface DrainOptions {
  readonly connections: Connections;
  readonly acks: Pick<AckSchedule, 'flush'>;
  /** Over which the closes are spread. */
  readonly spreadMs: number;
  /** How long what was read from one connection may take to be stored. */
  readonly settleMs: number;
  /** Everything at once from here on. */
  readonly hurry: AbortSignal;
}

/**
 * Sends every robot away, one after the other: reads no more of it, waits until what it sent is stored and confirmed,
 * closes. Robots that are sent away over a while do not come back all at once. Whoever is still there then, having been let
 * in while others left, is sent away at once.
 */
export const drain = async ({
  connections,
  acks,
  spreadMs,
  settleMs,
  hurry,
}: DrainOptions): Promise<void> => {
  // Each of them listens.
  setMaxListeners(0, hurry);
  const sendAway = async (connection: RobotConnection, afterMs: number): Promise<void> => {
    await wait(afterMs, undefined, { signal: hurry }).catch(() => undefined);
    await connection.hold(AbortSignal.any([hurry, AbortSignal.timeout(settleMs)]));
    await acks.flush();
    connection.close(closeCodes.serviceRestart, 'server_shutdown');
  };
  const sendAllAway = async (overMs: number): Promise<void> => {
    const leaving = connections.all().filter(({ isOpen }) => isOpen);
    await Promise.all(
      leaving.map((connection, index) => sendAway(connection, (index / leaving.length) * overMs)),
    );
  };
  await sendAllAway(spreadMs);
  while (connections.size > 0) {
    await sendAllAway(0);
    await wait(10);
  }
};
