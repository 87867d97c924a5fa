import { protocolName, type WelcomeMessage } from '@fleet/robot-protocol';

import type { SequenceLedger } from '../telemetry/sequence-ledger.ts';
import type { ConnectionLimits } from './connection-parts.ts';

/** What a robot is told first: what is stored of its session, and the bounds of the connection. */
export const welcomeMessage = (
  { robotId, connectionId }: { robotId: string; connectionId: string },
  { last, missing }: SequenceLedger,
  limits: ConnectionLimits,
): WelcomeMessage => ({
  type: 'welcome',
  protocol: protocolName,
  robot_id: robotId,
  connection_id: connectionId,
  last_seq: last === 0 ? null : last,
  ...(missing.length > 0 && { missing: missing.map(([from, to]): [number, number] => [from, to]) }),
  max_message_bytes: limits.maxMessageBytes,
  max_unacked: limits.maxUnacked,
  heartbeat_interval_ms: limits.heartbeatIntervalMs,
  server_time: Date.now() / 1000,
});
