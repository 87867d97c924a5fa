import type { EventStream } from '@fleet/event-stream';
import {
  connectionOwners,
  forgetGateways,
  holdRegister,
  lastBeatOf,
  openConnectionsOf,
  type FleetRedis,
  type GatewayBeats,
  type OpenConnection,
} from '@fleet/fleet-store';
import { closedEvent, closedType, type Producer } from './connection-events.ts';
import type { ConnectionRegister } from './connection-register.ts';
import type { PresenceLog } from './presence-log.ts';

export interface CloseLostParts {
  redis: FleetRedis;
  eventStream: EventStream;
  register: ConnectionRegister;
  isLost: (processId: string) => boolean;
  producer: Producer;
  log: PresenceLog;
  leaseMs: number;
  onClosed: (count: number) => void;
}

const atOnce = 100;
const publishWithinMs = 10_000;
/** A lost process's own closings may still be in the outbox; this long they go first. */
const outboxPatienceMs = 60_000;
const rememberGoneMs = 3_600_000;

/**
 * Closes what lost gateway processes have left open, as of their last heartbeat. Presence follows from the
 * stored events: whoever finds its connection ended in Redis knows that it has been told.
 */
export function createCloseLost(parts: CloseLostParts): {
  run(beats: GatewayBeats, signal: AbortSignal): Promise<void>;
} {
  const { redis, eventStream, register, isLost, producer, log, leaseMs, onClosed } = parts;
  // Stored, and perhaps not yet back in the register: not to be told again.
  const told = new Map<string, number>();
  // Redis may lose them: then this process still knows when it last heard of another.
  const heard = new Map<string, number>();
  let blockedSince: number | undefined;

  const outboxIsInTheWay = (now: number): boolean => {
    if ((eventStream.status().outbox?.entries ?? 0) === 0) {
      blockedSince = undefined;
      return false;
    }
    blockedSince ??= now;
    return now - blockedSince < outboxPatienceMs;
  };

  async function tell(
    connection: OpenConnection,
    lastBeat: number | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { robotId, connectionId } = connection;
    const connectedAt = connection.connectedAt * 1000;
    const endedAt = Math.max(lastBeat ?? connectedAt, connectedAt);
    const event = closedEvent({ robotId, connectionId, connectedAt }, 'gateway_lost', endedAt, producer);
    const within = AbortSignal.any([signal, AbortSignal.timeout(publishWithinMs)]);
    await eventStream.publish(closedType, event.payload, { ...event.options, signal: within });
    told.set(connectionId, Date.now());
  }

  async function closeAllOf(processId: string, signal: AbortSignal): Promise<number> {
    const lastBeat = await lastBeatOf(redis, processId);
    let closed = 0;
    for await (const connections of openConnectionsOf(redis, processId)) {
      const left = connections.filter(({ connectionId }) => !told.has(connectionId));
      for (let from = 0; from < left.length; from += atOnce) {
        const stillLost = (await lastBeatOf(redis, processId)) === lastBeat && register.caughtUp();
        if (!stillLost || !(await holdRegister(redis, producer.processId, leaseMs))) return closed;
        const some = left.slice(from, from + atOnce);
        await Promise.all(some.map((each) => tell(each, lastBeat ?? heard.get(processId), signal)));
        closed += some.length;
      }
    }
    return closed;
  }

  return {
    async run(beats, signal) {
      const now = Date.now();
      for (const [connectionId, at] of told) if (now - at > 300_000) told.delete(connectionId);
      for (const [id, at] of beats) heard.set(id, at);
      if (!eventStream.enabled || !register.caughtUp()) return;
      const owners = await connectionOwners(redis);
      const lost = [...owners.keys()].filter((id) => id !== producer.processId && isLost(id));
      const gone = [...heard].filter(
        ([id, at]) => !owners.has(id) && isLost(id) && now - at > rememberGoneMs,
      );
      await forgetGateways(
        redis,
        gone.map(([id]) => id),
      );
      for (const [id] of gone) heard.delete(id);
      if (lost.length === 0 || outboxIsInTheWay(now)) return;
      if (!(await holdRegister(redis, producer.processId, leaseMs))) return;
      for (const processId of lost) {
        const closed = await closeAllOf(processId, signal);
        if (closed === 0) continue;
        onClosed(closed);
        log.warn({ processId, connections: closed }, 'closed what a lost gateway left open');
      }
    },
  };
}
