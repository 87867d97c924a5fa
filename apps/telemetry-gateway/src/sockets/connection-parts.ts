import type { EventStream } from '@fleet/event-stream';

import type { RobotRate } from '../admission/index.ts';
import type { PresenceKeeper } from '../presence/index.ts';
import type { AckSchedule } from '../telemetry/ack-schedule.ts';
import type { LatestHere } from '../telemetry/latest-here.ts';
import type { IntakeParts } from '../telemetry/sample-intake.ts';
import type { Sessions } from '../telemetry/sessions.ts';
import type { Connections } from './connections.ts';
import type { MessageCheck } from './message-check.ts';
import type { SocketMetrics } from './socket-metrics.ts';

/** Bounds and times of every connection. */
export interface ConnectionLimits {
  readonly maxMessageBytes: number;
  readonly maxUnacked: number;
  /** Of samples on their way, per connection. */
  readonly maxUnackedBytes: number;
  /** Of what the robot does not read. */
  readonly maxOutgoingBytes: number;
  readonly heartbeatIntervalMs: number;
  /** How long a robot that is sent away should wait at most. */
  readonly maxReconnectAfterMs: number;
}

/** What a connection is made with: the same for all of them. */
export interface ConnectionParts {
  readonly limits: ConnectionLimits;
  readonly check: MessageCheck;
  readonly createRate: () => RobotRate;
  readonly sessions: Sessions;
  readonly acks: AckSchedule;
  readonly intake: IntakeParts;
  readonly latest: LatestHere;
  readonly presence: Pick<PresenceKeeper, 'open' | 'seen' | 'closed'>;
  readonly eventStream: Pick<EventStream, 'emit'>;
  readonly connections: Connections;
  readonly metrics: SocketMetrics;
  readonly log: { info(fields: object, message: string): void; debug(fields: object, message: string): void };
}
