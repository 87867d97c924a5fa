import type { BacklogCounts } from './backlog.ts';

export interface RobotStatus extends Readonly<BacklogCounts> {
  /** `waiting`: between two attempts. `replaced`: another connection of this robot took over, this client has stopped. */
  readonly state: 'connecting' | 'connected' | 'waiting' | 'replaced' | 'closed';
  readonly connectionId: string | undefined;
  readonly session: string;
  /** Unsettled samples, and the bytes they take. */
  readonly buffered: number;
  readonly bufferedBytes: number;
  /** Those of them that are on their way. */
  readonly inFlight: number;
  readonly nextSeq: number;
  /** How often the gateway has welcomed this client. */
  readonly connections: number;
}
