import type { IncomingMessage } from 'node:http';
import type { ProblemError } from '@fleet/service-runtime';

export interface Admitted {
  admitted: true;
  /** What the server answers as `Sec-WebSocket-Protocol`; absent when the robot offered none. */
  subprotocol?: 'fleet.v1';
  /** When the robot's credential ends; absent where none was asked for. */
  expiresAtMs?: number;
}

/** A closed set: these are metric labels. */
export type RefusalReason =
  | 'draining'
  | 'capacity'
  | 'address_rate'
  | 'origin'
  | 'subprotocol'
  | 'unauthenticated'
  | 'forbidden'
  | 'keys_unavailable';

export interface Refused {
  admitted: false;
  reason: RefusalReason;
  /** Answered before the upgrade, see {@link refuseUpgrade}; holds `status`, `headers`, `title` and `detail`. */
  problem: ProblemError;
}

export interface Admission {
  /** Decides about an upgrade request for this robot's path. Never rejects; the request is not touched. */
  admit(request: IncomingMessage, robotId: string): Promise<Admitted | Refused>;
}
