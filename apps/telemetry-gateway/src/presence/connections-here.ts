import type { CloseReason } from '@fleet/event-envelope';
import type { EventStream } from '@fleet/event-stream';
import { keys, type ClaimOutcome, type FleetRedis, type PresenceClaim } from '@fleet/fleet-store';
import type { Closings } from './closings.ts';
import { establishedEvent, establishedType, type Producer } from './connection-events.ts';
import type { Fights } from './fights.ts';
import { LocalConnection } from './local-connection.ts';
import type { PresenceCounts } from './presence-counts.ts';
import type { OpenedConnection } from './presence-keeper.ts';
import type { PresenceLog } from './presence-log.ts';
import { replacementText, readReplacement } from './replacement.ts';

/** An older connection of a robot was displaced though open: whoever holds it is told. */
export type Displaced = (
  by: { robotId: string; connectionId: string },
  older: { connectionId: string; processId: string },
) => void;

/** The connections of this process, at most one of each robot. */
export interface ConnectionsHere {
  /** Takes over from an older connection of the robot here, and emits `connection_established`. */
  open(connection: OpenedConnection): void;
  /** The connection that ended, once; nothing when its end was told already. */
  end(connectionId: string, reason: CloseReason, endedAt: number): LocalConnection | undefined;
  ofRobot(robotId: string): LocalConnection | undefined;
  all(): LocalConnection[];
  /** What Redis said to a claim. */
  heard(claim: PresenceClaim, outcome: ClaimOutcome): void;
  displaced: Displaced;
  /** Another process has replaced one of these. */
  told(message: string): void;
  /** Others took this process for lost and have told so: the robot has to connect anew. */
  declaredLost(connection: LocalConnection): void;
}

export function createConnectionsHere(parts: {
  redis: FleetRedis;
  eventStream: Pick<EventStream, 'emit'>;
  closings: Closings;
  fights: Fights;
  producer: Producer;
  counts: PresenceCounts;
  log: PresenceLog;
}): ConnectionsHere {
  const { redis, eventStream, closings, fights, producer, counts, log } = parts;
  const byRobot = new Map<string, LocalConnection>();
  const byId = new Map<string, LocalConnection>();

  function forget(local: LocalConnection): void {
    byId.delete(local.connectionId);
    if (byRobot.get(local.robotId) === local) byRobot.delete(local.robotId);
  }

  function close(
    { robotId, connectionId, connectedAt }: LocalConnection,
    reason: CloseReason,
    endedAt: number,
  ): void {
    closings.close({ robotId, connectionId, connectedAt, reason, endedAt });
  }

  function replace(local: LocalConnection): void {
    forget(local);
    close(local, 'replaced', Date.now());
    local.opened.close(4000, 'replaced');
  }

  function declaredLost(local: LocalConnection): void {
    forget(local);
    counts.declaredLost++;
    const { robotId, connectionId } = local;
    log.warn({ robotId, connectionId }, 'connection was taken for lost by another instance');
    local.opened.close(1012, 'gateway_lost');
  }

  const displaced: Displaced = ({ robotId, connectionId: replacedBy }, older) => {
    const local = byId.get(older.connectionId);
    if (local !== undefined) replace(local);
    if (older.processId === producer.processId) return;
    counts.takeovers++;
    const text = replacementText({ robotId, connectionId: older.connectionId, replacedBy });
    // A message that is lost is made up for by the other's next reconciliation.
    redis.commands.publish(keys.gatewayChannel(older.processId), text).catch(() => undefined);
  };

  return {
    open(connection) {
      const older = byRobot.get(connection.robotId);
      const local = new LocalConnection(connection, older?.since ?? connection.connectedAt);
      byRobot.set(local.robotId, local);
      byId.set(local.connectionId, local);
      const { payload, options } = establishedEvent(connection, producer);
      eventStream.emit(establishedType, payload, options);
      if (older === undefined) return;
      counts.takeovers++;
      fights.tookOver(local.robotId, Date.now());
      replace(older);
    },
    end(connectionId, reason, endedAt) {
      const local = byId.get(connectionId);
      if (local === undefined) return undefined;
      forget(local);
      close(local, reason, endedAt);
      return local;
    },
    ofRobot: (robotId) => byRobot.get(robotId),
    all: () => [...byId.values()],
    heard(claim, { verdict, other, fightingDelayMs, since }) {
      fights.heard(claim.robotId, fightingDelayMs, Date.now());
      if (verdict === 'taken' && other !== undefined) displaced(claim, other);
      const local = byId.get(claim.connectionId);
      if (local === undefined) return;
      if (verdict === 'lost') replace(local);
      else if (verdict === 'ended') {
        // Presence was told so, the stream perhaps not: it may not even have had the opening yet.
        declaredLost(local);
        close(local, 'gateway_lost', Date.now());
      } else local.since = since;
    },
    displaced,
    told(message) {
      const local = byId.get(readReplacement(message)?.connectionId ?? '');
      if (local !== undefined) replace(local);
    },
    declaredLost,
  };
}
