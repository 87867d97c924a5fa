import { randomBytes } from 'node:crypto';

import { connectRobot, type RobotClient } from '@fleet/robot-client';

import { openMissionLog, type MissionLog } from '../missions/open-mission-log.ts';
import { startProgress, type Progress } from '../report/progress.ts';
import { createTerminalLog } from '../report/terminal-log.ts';
import type { Summary } from '../report/summary.ts';
import { countFleet } from '../robots/fleet-counts.ts';
import { GatewayNotes } from '../robots/gateway-notes.ts';
import { settleFleet } from '../robots/settle-fleet.ts';
import type { Terminal } from '../terminal.ts';
import { createRobotTokens } from '../tokens/robot-tokens.ts';
import type { SimulateOptions } from './simulate-options.ts';

/** What a run works with while it lasts. */
export interface FleetRun {
  /** Names this run: in the ids of its missions, too. */
  readonly name: string;
  readonly missions: MissionLog;
  readonly progress: Progress;
  connect(robotId: string): RobotClient;
}

const lookEveryMs = 200;

/** Readings a simulated robot holds at most while the gateway is away. */
const maxBuffered = 20_000;

/**
 * Runs robots: gives `drive` what it needs, and when it is done waits until all is confirmed or there is no more progress.
 *
 * @param total samples to expect, when that is known
 */
export const runFleet = async (
  options: SimulateOptions,
  terminal: Terminal,
  total: number | undefined,
  drive: (run: FleetRun) => Promise<void>,
): Promise<Summary> => {
  const tokenOf = await createRobotTokens(options);
  const startMs = performance.now();
  const name = randomBytes(4).toString('hex');
  const clients: RobotClient[] = [];
  const progress = startProgress(terminal, total);
  const log = createTerminalLog((line) => progress.note(line));
  const notes = new GatewayNotes((line) => progress.note(line));
  const missions = openMissionLog(options, name, terminal, log);
  const connect = (robotId: string): RobotClient => {
    const client = connectRobot({ url: options.gateway, robotId, token: tokenOf(robotId), maxBuffered });
    notes.watch(robotId, client);
    clients.push(client);
    return client;
  };
  const showing = setInterval(() => show(progress, clients), lookEveryMs);
  try {
    await drive({ name, missions, progress, connect });
  } finally {
    await settleFleet(clients, options.patience * 1000);
    show(progress, clients);
    clearInterval(showing);
    progress.stop();
  }
  const missionEvents = await missions.close(options.patience * 1000);
  const { robots, sent, acked, resent, refused, dropped, unconfirmed } = countFleet(clients);
  return {
    samples: { sent, acked, resent, refused, dropped, unconfirmed },
    robots,
    missions: missions.counts,
    missionEvents,
    seconds: (performance.now() - startMs) / 1000,
    wasInterrupted: terminal.interrupted.aborted,
  };
};

const show = (progress: Progress, clients: readonly RobotClient[]): void => {
  const { acked, unconfirmed, resent, connected, robots } = countFleet(clients);
  progress.update(acked, `${unconfirmed} waiting · ${resent} resent · ${connected} of ${robots} connected`);
};
