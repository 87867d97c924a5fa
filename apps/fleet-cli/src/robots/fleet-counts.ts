import type { RobotClient } from '@fleet/robot-client';

/** What became of the samples of several robots. */
export interface FleetCounts {
  readonly robots: number;
  readonly connected: number;
  readonly sent: number;
  readonly acked: number;
  readonly resent: number;
  readonly refused: number;
  readonly dropped: number;
  /** Given to a client and not settled. */
  readonly unconfirmed: number;
}

export const countFleet = (clients: readonly RobotClient[]): FleetCounts => {
  const statuses = clients.map((client) => client.status());
  const sum = (pick: (status: (typeof statuses)[number]) => number): number =>
    statuses.reduce((total, status) => total + pick(status), 0);
  return {
    robots: statuses.length,
    connected: sum(({ state }) => (state === 'connected' ? 1 : 0)),
    sent: sum(({ sent }) => sent),
    acked: sum(({ acked }) => acked),
    resent: sum(({ resent }) => resent),
    refused: sum(({ refused }) => refused),
    dropped: sum(({ dropped }) => dropped),
    unconfirmed: sum(({ buffered }) => buffered),
  };
};
